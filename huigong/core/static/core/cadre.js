/* Cadres' lists: count what is ticked, tick all, hold back what needs a tick; reasons to tap instead of typing. */
(function () {
  "use strict";

  const boxes = () => Array.from(document.querySelectorAll("[data-many] input[type=checkbox]"));

  function count() {
    const ticked = boxes().filter((box) => box.checked).length;
    const note = document.querySelector("[data-ticked]");
    if (note) {
      note.dataset.ticked = note.dataset.ticked || note.textContent;
      note.textContent = ticked ? "已选 " + ticked + " 人" : note.dataset.ticked;
    }
    document.querySelectorAll(".js-needs-ticks").forEach((button) => {
      button.classList.toggle("weui-btn_disabled", !ticked);
      button.setAttribute("aria-disabled", String(!ticked));
    });
  }

  function tickAll() {
    const all = boxes().every((box) => box.checked);
    boxes().forEach((box) => { box.checked = !all; });
    count();
  }

  function fillIn(words, form) {
    const area = form.querySelector("textarea");
    area.value = words;
    area.focus();
  }

  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-many]")) count();
  });
  document.addEventListener("htmx:afterSettle", count);

  // Before the sheets of union.js hear it: nothing ticked, nothing to confirm.
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-tick-all], [data-reason], .js-needs-ticks");
    if (!target) return;
    if (target.hasAttribute("data-reason")) fillIn(target.getAttribute("data-reason"), target.closest("form, .u-layer"));
    else if (target.hasAttribute("data-tick-all")) tickAll();
    else if (!boxes().some((box) => box.checked)) { event.preventDefault(); event.stopPropagation(); }
  }, true);

  count();
})();
