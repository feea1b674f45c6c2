// An open talk: what is new comes by itself and stands there once; what was not sent stays in the box to be sent again.
(function () {
  "use strict";

  const talk = document.querySelector("[data-talk]");
  if (!talk) return;
  const form = document.querySelector("[data-composer]");
  const POLL = 8000;
  let asking = false;
  let again = false;
  let streaming = false;

  function last() {
    let highest = 0;
    talk.querySelectorAll("[data-message]").forEach((line) => {
      highest = Math.max(highest, Number(line.getAttribute("data-message")));
    });
    return highest;
  }

  /* Lines that are there already are passed over, so two answers that overlap show nothing twice. */
  function take(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const newer = page.querySelector("[data-newer]");
    if (!newer) return null;
    const low = window.innerHeight + window.pageYOffset > document.body.scrollHeight - 160;
    let added = 0;
    newer.querySelectorAll("[data-message]").forEach((line) => {
      if (talk.querySelector('[data-message="' + line.getAttribute("data-message") + '"]')) return;
      talk.appendChild(document.importNode(line, true));
      added += 1;
    });
    page.querySelectorAll("[data-fresh]").forEach((piece) => {
      const here = document.getElementById(piece.id);
      if (here) here.replaceWith(document.importNode(piece, true));
    });
    if (added && low) window.scrollTo(0, document.body.scrollHeight);
    if (added && !document.hidden) markRead();
    return newer.getAttribute("data-key");
  }

  function markRead() {
    window.htmx.ajax("POST", talk.getAttribute("data-read"), { swap: "none" });
  }

  function ask() {
    if (asking) { again = true; return; }
    asking = true;
    fetch(talk.getAttribute("data-newer-from") + "?after=" + last(), { credentials: "same-origin" })
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : ""))
      .then((html) => { if (html) take(html); })
      .catch(() => {})
      .then(() => {
        asking = false;
        if (again) { again = false; ask(); }
      });
  }

  document.addEventListener("live:changed", () => { streaming = true; ask(); });
  document.addEventListener("live:lost", () => { streaming = false; });
  window.addEventListener("online", ask);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    ask();
    markRead();
  });
  setInterval(() => { if (!streaming && !document.hidden) ask(); }, POLL);
  window.addEventListener("load", () => {
    markRead();
    if (talk.children.length > 2) window.scrollTo(0, document.body.scrollHeight);
  });

  if (!form) return;
  const box = form.querySelector("textarea");
  const files = form.querySelector("input[type=file]");
  const picked = form.querySelector("[data-picked]");

  function grow() {
    box.style.height = "auto";
    box.style.height = Math.min(box.scrollHeight, 160) + "px";
  }

  function showPicked() {
    picked.hidden = !files.files.length;
    picked.textContent = String(files.files.length);
  }

  box.addEventListener("input", grow);
  files.addEventListener("change", showPicked);
  form.addEventListener("htmx:configRequest", (event) => { event.detail.parameters.after = last(); });
  form.addEventListener("htmx:beforeRequest", () => { form.classList.add("is-busy"); });
  form.addEventListener("htmx:afterRequest", (event) => {
    form.classList.remove("is-busy");
    if (event.detail.xhr.status !== 200) return;
    const key = take(event.detail.xhr.responseText);
    if (!key) return;
    form.querySelector("[name=key]").value = key;
    box.value = "";
    files.value = "";
    grow();
    showPicked();
  });
  document.addEventListener("click", (event) => {
    const words = event.target.closest("[data-words]");
    if (!words) return;
    box.value = (box.value ? box.value + "\n" : "") + words.getAttribute("data-words");
    grow();
    box.focus();
  });
})();
