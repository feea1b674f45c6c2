/* Pages of activities: the signup button appears when the countdown ends; sharing; copying an address. */
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
    const button = event.target.closest("[data-share], [data-copy]");
    if (!button) return;
    if (button.hasAttribute("data-copy")) {
      copy(button.getAttribute("data-copy"), "地址已复制");
      return;
    }
    const page = { title: button.getAttribute("data-share"), url: location.origin + location.pathname };
    if (navigator.share) navigator.share(page).catch(() => {});
    else copy(page.url, "链接已复制，发给工友吧");
  });

  // navigator.clipboard is there on HTTPS only.
  function copy(text, said) {
    const field = document.createElement("textarea");
    field.value = text;
    field.setAttribute("readonly", "");
    document.body.appendChild(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    say(done ? said : "没能复制，请长按选择文字", done ? "success" : "warn");
  }

  function say(text, icon) {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: text, icon: icon } }));
  }
})();
