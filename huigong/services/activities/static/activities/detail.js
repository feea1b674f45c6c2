/* An activity's page: the signup button appears when the countdown ends, and sharing. */
(function () {
  "use strict";

  // The sheet is already on the page: at the second of opening a tap costs one request, not a reload and one.
  document.addEventListener("due", (event) => {
    const box = event.target.closest("[data-until-due]");
    if (!box) return;
    box.querySelector("[data-before-due]").hidden = true;
    box.querySelector("[data-after-due]").hidden = false;
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-share]");
    if (!button) return;
    const page = { title: button.getAttribute("data-share"), url: location.origin + location.pathname };
    if (navigator.share) navigator.share(page).catch(() => {});
    else copy(page.url);
  });

  // navigator.clipboard is there on HTTPS only.
  function copy(text) {
    const field = document.createElement("textarea");
    field.value = text;
    field.setAttribute("readonly", "");
    document.body.appendChild(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    say(done ? "链接已复制，发给工友吧" : "请复制地址栏里的链接");
  }

  function say(text) {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: text, icon: "success" } }));
  }
})();
