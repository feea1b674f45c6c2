/*
 * Complaints: the way out, and a draft that never leaves the device.
 *   data-draft="local|session"   the form whose words are kept: on the device, or only as long as the window is open
 *   data-draft-clear             throws them away      data-draft-done   a page after sending: throws them away
 *   data-way-out                 leaves at once; the page does not stay in the history, as the link in the bar
 */
(function () {
  "use strict";

  const NAME = "draft";
  const store = (kind) => { try { return kind === "session" ? sessionStorage : localStorage; } catch (error) { return null; } };
  const clear = (kind) => { const kept = store(kind); if (kept) kept.removeItem(NAME); };

  document.addEventListener("click", (event) => {
    const out = event.target.closest("[data-way-out], .u-nav__words");
    if (!out) return;
    event.preventDefault();
    clear("session");
    document.documentElement.hidden = true;
    location.replace(out.getAttribute("href"));
  });

  const done = document.querySelector("[data-draft-done]");
  if (done) clear(done.getAttribute("data-draft-done"));

  const form = document.querySelector("[data-draft]");
  if (!form) return;
  const kind = form.getAttribute("data-draft");
  const kept = store(kind);
  if (!kept) return;
  const fields = () => Array.from(form.elements).filter((field) =>
    field.name && ["hidden", "file", "submit", "button", "checkbox"].indexOf(field.type) < 0 && (field.type !== "radio" || field.checked));

  function restore() {
    let words = null;
    try { words = JSON.parse(kept.getItem(NAME)); } catch (error) { words = null; }
    if (!words) return;
    Array.from(form.elements).forEach((field) => {
      const word = words[field.name];
      if (word === undefined || ["hidden", "file", "submit", "button", "checkbox"].indexOf(field.type) >= 0) return;
      if (field.type === "radio") field.checked = field.value === word;
      else field.value = word;
    });
  }

  let timer = 0;
  function keep() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const words = {};
      fields().forEach((field) => { words[field.name] = field.value; });
      try { kept.setItem(NAME, JSON.stringify(words)); } catch (error) { clear(kind); }
    }, 400);
  }

  if (!form.querySelector("[data-summary]")) restore();
  form.addEventListener("input", keep);
  form.querySelector("[data-draft-clear]").addEventListener("click", () => {
    clearTimeout(timer);
    clear(kind);
    form.reset();
    window.scrollTo(0, 0);
  });
})();
