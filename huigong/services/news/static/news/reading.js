/* Reading an article: larger letters, kept on the phone; read aloud where the browser has a voice; sending the link on. */
(function () {
  "use strict";

  const SIZES = ["标准", "大", "特大"];
  const KEPT = "news.size";
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const say = (text, icon) => document.dispatchEvent(new CustomEvent("toast", { detail: { text: text, icon: icon } }));

  /* ---- Size ---- */

  let size = 0;
  try { size = Number(localStorage.getItem(KEPT)) || 0; } catch (error) { size = 0; }

  function showSize() {
    const paper = document.querySelector("main");
    SIZES.forEach((word, place) => paper.classList.toggle("n-size_" + place, place === size));
    all("[data-size-word]").forEach((word) => { word.textContent = "字号 " + SIZES[size]; });
  }

  function larger() {
    size = (size + 1) % SIZES.length;
    try { localStorage.setItem(KEPT, String(size)); } catch (error) { /* storage is forbidden here: for this page only */ }
    showSize();
  }

  /* ---- Aloud: one paragraph after the other, the spoken one marked ---- */

  let queue = [];
  let spoken = null;

  function paragraphs() {
    const blocks = all("[data-reading] [data-read], [data-reading] .u-rich > *");
    return blocks.filter((block) => block.textContent.trim());
  }

  function speakNext() {
    if (spoken) spoken.classList.remove("is-spoken");
    spoken = queue.shift() || null;
    if (!spoken) { stop(); return; }
    spoken.classList.add("is-spoken");
    spoken.scrollIntoView({ block: "center", behavior: "smooth" });
    const words = new SpeechSynthesisUtterance(spoken.textContent.trim());
    words.lang = "zh-CN";
    words.onend = () => { if (queue.length || spoken) speakNext(); };
    words.onerror = () => { if (spoken) stop(); };
    speechSynthesis.speak(words);
  }

  function stop() {
    queue = [];
    if (spoken) spoken.classList.remove("is-spoken");
    spoken = null;
    speechSynthesis.cancel();
    showAloud(false);
  }

  function showAloud(on) {
    all("[data-aloud]").forEach((button) => {
      button.setAttribute("aria-pressed", String(on));
      button.querySelector("[data-aloud-word]").textContent = on ? "停止" : "朗读";
    });
  }

  function aloud() {
    if (spoken) { stop(); return; }
    queue = paragraphs();
    showAloud(true);
    speakNext();
  }

  function offerAloud() {
    const voices = speechSynthesis.getVoices();
    const chinese = voices.some((voice) => /^zh/i.test(voice.lang));
    all("[data-aloud]").forEach((button) => { button.hidden = !chinese; });
  }

  /* ---- Sending on ---- */

  function share(button) {
    const page = { title: button.getAttribute("data-share"), url: button.getAttribute("data-address") };
    if (navigator.share) { navigator.share(page).catch(() => {}); return; }
    const field = document.createElement("textarea");
    field.value = page.url;
    field.setAttribute("readonly", "");
    button.parentNode.appendChild(field); // inside the sheet: elsewhere it could not be selected
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    say(done ? "链接已复制，发给工友吧" : "没能复制，请截图或扫码", done ? "success" : "warn");
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-size], [data-aloud], [data-share]");
    if (!button) return;
    if (button.hasAttribute("data-size")) larger();
    else if (button.hasAttribute("data-aloud")) aloud();
    else share(button);
  });

  document.addEventListener("DOMContentLoaded", () => {
    showSize();
    if (!window.speechSynthesis) return;
    offerAloud();
    if (speechSynthesis.addEventListener) speechSynthesis.addEventListener("voiceschanged", offerAloud);
    window.addEventListener("pagehide", stop);
  });
})();
