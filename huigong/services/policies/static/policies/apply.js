/*
 * The form of an application: one step at a time, and only the questions that are asked.
 * Without script all steps stand one below the other, each says on what it depends, and the server decides.
 *   data-step="heading"            a step           data-if="field" data-is="answers, one a line"   asked only then
 *   data-progress  data-turn       what shows where one is, and the buttons to the next step and back
 */
(function () {
  "use strict";

  const form = document.querySelector("form[data-steps]");
  if (!form) return;
  const steps = Array.from(form.querySelectorAll("[data-step]"));
  const find = (name) => form.querySelector("[" + name + "]");
  const [progress, turn, back, next] = ["data-progress", "data-turn", "data-back-step", "data-next-step"].map(find);
  let current = 0;

  /* ---- Questions that depend on others ---- */

  function answersTo(name) {
    return Array.from(form.elements)
      .filter((field) => field.name === name && (["radio", "checkbox"].indexOf(field.type) < 0 || field.checked))
      .map((field) => field.value);
  }

  // A question is asked only if the one it depends on is: those stand before it, so one pass is enough.
  function follow() {
    const silent = {};
    form.querySelectorAll(".p-asked").forEach((box) => {
      const on = box.getAttribute("data-if");
      if (on) {
        const wanted = box.getAttribute("data-is").split("\n");
        box.hidden = Boolean(silent[on]) || !answersTo(on).some((answer) => wanted.indexOf(answer) >= 0);
      }
      if (box.hidden) box.querySelectorAll("[name]").forEach((field) => { silent[field.name] = true; });
    });
  }

  /* ---- Steps ---- */

  const isEmpty = (step) => {
    const asked = Array.from(step.querySelectorAll(".p-asked"));
    return asked.length > 0 && asked.every((box) => box.hidden);
  };
  const shown = () => steps.filter((step) => !isEmpty(step));

  function show(step, focus) {
    const all = shown();
    current = Math.max(0, all.indexOf(step));
    steps.forEach((each) => each.classList.toggle("is-now", each === all[current]));
    find("data-progress-title").textContent = all[current].getAttribute("data-step");
    find("data-progress-count").textContent = "第 " + (current + 1) + " 步，共 " + all.length + " 步";
    find("data-progress-bar").max = all.length;
    find("data-progress-bar").value = current + 1;
    back.hidden = current === 0;
    next.hidden = current === all.length - 1;
    window.dispatchEvent(new Event("resize"));
    if (!focus) return;
    window.scrollTo(0, 0);
    progress.focus();
  }

  function go(by) {
    follow();
    const all = shown();
    form.dispatchEvent(new CustomEvent("keep"));
    show(all[Math.min(all.length - 1, Math.max(0, current + by))], true);
  }

  next.addEventListener("click", () => go(1));
  back.addEventListener("click", () => go(-1));
  form.addEventListener("change", () => { follow(); show(shown()[current] || steps[0]); });

  // Enter in a line of text goes on to the next step; only the button at the end sends.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT" || next.hidden) return;
    event.preventDefault();
    go(1);
  });

  // A link in the list of mistakes leads to a field that another step may hide.
  form.addEventListener("click", (event) => {
    const link = event.target.closest("[data-summary] a");
    const field = link && document.getElementById(link.getAttribute("href").slice(1));
    if (field) show(field.closest("[data-step]"), false);
  });

  function first() {
    const named = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    const wrong = form.querySelector(".u-err, .is-bad") || form.querySelector(".p-step.is-marked .p-mark") || named;
    return (wrong && wrong.closest("[data-step]")) || steps[0];
  }

  form.classList.add("is-stepped");
  progress.tabIndex = -1;
  progress.hidden = false;
  turn.hidden = false;
  follow();
  show(first(), false);

  /* ---- What the draft says of itself; who leaves in the middle of a word loses nothing ---- */

  const saved = document.getElementById("saved");
  let isDirty = false;
  form.addEventListener("input", () => { isDirty = true; });
  form.addEventListener("submit", () => { isDirty = false; });
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.target === saved) isDirty = false; });

  window.addEventListener("pagehide", () => {
    if (!isDirty || !saved || !navigator.sendBeacon) return;
    const words = new FormData(form);
    saved.getAttribute("hx-params").slice(4).split(",").forEach((name) => words.delete(name));
    navigator.sendBeacon(saved.getAttribute("hx-post"), words);
  });

  document.addEventListener("htmx:sendError", (event) => {
    if (event.target.id === "saved") event.target.textContent = "没有保存上，网络恢复后会再存";
  });
})();
