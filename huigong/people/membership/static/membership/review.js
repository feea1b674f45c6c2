/* The cadre's list: count what is ticked, tick all; on the detail page, reasons to tap instead of typing. */
(function () {
  "use strict";

  function count(form) {
    const ticked = form.querySelectorAll("input[name=id]:checked").length;
    const note = form.querySelector("[data-ticked]");
    const button = form.querySelector("[data-open=many]");
    if (note) note.textContent = ticked ? "已选 " + ticked + " 人" : "勾选后可一次通过";
    if (!button) return;
    button.classList.toggle("weui-btn_disabled", !ticked);
    button.setAttribute("aria-disabled", String(!ticked));
  }

  function tickAll(form) {
    const boxes = Array.from(form.querySelectorAll("input[name=id]"));
    const all = boxes.every((box) => box.checked);
    boxes.forEach((box) => { box.checked = !all; });
    count(form);
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-many]");
    if (form) count(form);
  });

  // Before the sheets of union.js hear it: nothing ticked, nothing to confirm.
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-tick-all], [data-open=many], [data-reason]");
    if (!target) return;
    if (target.hasAttribute("data-reason")) {
      const area = target.closest("form").querySelector("textarea");
      area.value = target.getAttribute("data-reason");
      area.focus();
      return;
    }
    const form = target.closest("[data-many]");
    if (target.hasAttribute("data-tick-all")) tickAll(form);
    else if (!form.querySelector("input[name=id]:checked")) { event.preventDefault(); event.stopPropagation(); }
  }, true);

  document.querySelectorAll("[data-many]").forEach(count);
})();
