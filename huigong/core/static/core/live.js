// Keeps the unread badge true while a page is open: by a live stream where there is one, else by asking now and then.
// Other scripts hear `live:changed` when something is new for the reader, and `live:lost` while nothing can be heard.
(function () {
  "use strict";
  var meta = document.querySelector("meta[name=live]");
  if (!meta) return;
  var address = meta.dataset.stream;
  if (address.charAt(0) === ":") address = location.protocol + "//" + location.hostname + address + "/live";
  var failures = 0;
  var timer = null;

  function show(count) {
    document.querySelectorAll("[data-unread]").forEach(function (badge) {
      badge.firstElementChild.textContent = count > 99 ? "99+" : String(count);
      badge.hidden = count === 0;
    });
  }

  function tell(what) {
    document.dispatchEvent(new CustomEvent(what));
  }

  function ask() {
    if (document.hidden) return;
    fetch(meta.dataset.ask, { credentials: "same-origin" })
      .then(function (response) {
        return response.ok ? response.json() : null;
      })
      .then(function (data) {
        if (data) show(data.unread);
      })
      .catch(function () {});
  }

  function askNowAndThen() {
    if (!timer) timer = setInterval(ask, 60000);
  }

  if (!address || !window.EventSource) {
    askNowAndThen();
    return;
  }
  var stream = new EventSource(address, { withCredentials: true });
  stream.addEventListener("unread", function (event) {
    failures = 0;
    tell("live:changed");
    show(parseInt(event.data, 10) || 0);
  });
  stream.onerror = function () {
    failures += 1;
    tell("live:lost");
    if (failures > 3) {
      stream.close();
      askNowAndThen();
    }
  };
})();
