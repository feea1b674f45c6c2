// The member code: shows the half minute's QR drawing, fetched some minutes ahead, so that it keeps changing offline.
(function () {
  "use strict";
  var box = document.querySelector("[data-member-codes]");
  if (!box) return;
  var codes = [];
  var drift = 0;
  var fetching = false;

  function now() {
    return Date.now() / 1000 + drift;
  }

  function current() {
    var found = null;
    codes.forEach(function (code) {
      if (code.starts_at <= now()) found = code;
    });
    return found && now() - found.starts_at < 60 ? found : null;
  }

  // The drawing is made by our own server and shown as a picture: nothing in it can run.
  function show() {
    var code = current();
    var image = box.querySelector("img");
    if (!code) {
      if (image) image.remove();
      box.textContent = navigator.onLine ? "正在加载…" : "没有网络，请联网后再试";
      return;
    }
    if (image && image.dataset.from === String(code.starts_at)) return;
    if (!image) {
      box.textContent = "";
      image = document.createElement("img");
      image.alt = "会员二维码";
      box.appendChild(image);
    }
    image.dataset.from = String(code.starts_at);
    image.src = "data:image/svg+xml," + encodeURIComponent(code.svg);
  }

  function load() {
    if (fetching) return;
    fetching = true;
    fetch(box.dataset.memberCodes, { credentials: "same-origin" })
      .then(function (response) {
        var date = Date.parse(response.headers.get("Date"));
        if (date) drift = (date - Date.now()) / 1000;
        return response.json();
      })
      .then(function (data) {
        codes = data.codes;
        show();
      })
      .catch(function () {})
      .then(function () {
        fetching = false;
      });
  }

  setInterval(function () {
    show();
    var last = codes.length ? codes[codes.length - 1].starts_at : 0;
    if (last - now() < 120) load();
  }, 1000);
  load();
})();
