/*
 * What members' pages do in the browser. Everything here makes a page pleasanter; none of it is needed to get
 * through one: forms post, links lead on and sheets open (by :target) without script.
 *
 * Elements ask for behaviour by data attributes, so nothing has to be wired after htmx brought new ones:
 *   data-open="id"  data-close       sheets and dialogs        data-back             back, or the link's own address
 *   data-care                        the switch 关怀版          data-current          one of a row of filters
 *   data-countdown="60"              a button that waits       data-countdown-to     time until an event, in seconds
 *   data-upload                      preview of a photo        data-signature        sign with a finger
 *   data-again                       a form that may be sent twice (a download)
 * The server says HX-Trigger {"toast": {"text", "icon"}} and {"closeSheet": true}.
 */
(function () {
  "use strict";

  const root = document.documentElement;
  const FOCUSABLE = "a[href]:not([tabindex='-1']), button:not([disabled]), input:not([disabled]):not([type=hidden]), select, textarea";
  root.classList.add("js");

  const find = (selector, within) => (within || document).querySelector(selector);
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));

  /* ---- Toast ---- */

  let toastTimer = 0;

  function toast(text, icon) {
    const box = find("#toast");
    if (!box || !text) return;
    box.setAttribute("data-icon", icon || "success");
    box.hidden = false;
    find("[data-toast-text]", box).textContent = text;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { box.hidden = true; }, Math.max(1800, text.length * 160));
  }

  function sayMessages() {
    all("[data-toast]").forEach((tip) => {
      toast(tip.getAttribute("data-toast"), "success");
      tip.remove();
    });
  }

  /* ---- Sheets and dialogs: an entry in the history each, so that Back closes them ---- */

  let openLayer = null;
  let openedBy = null;

  function show(id) {
    const layer = document.getElementById(id);
    if (!layer || !layer.classList.contains("u-layer") || layer === openLayer) return;
    openedBy = document.activeElement;
    openLayer = layer;
    layer.classList.add("is-open");
    document.body.classList.add("is-locked");
    const panel = find(".u-half, .u-box", layer);
    (find("[autofocus]", panel) || panel).focus();
  }

  function hide() {
    if (!openLayer) return;
    openLayer.classList.remove("is-open");
    document.body.classList.remove("is-locked");
    openLayer = null;
    if (openedBy && document.contains(openedBy)) openedBy.focus();
  }

  function openSheet(id) {
    history.pushState({ sheet: id }, "", "#" + id);
    show(id);
  }

  function closeSheet() {
    if (!openLayer) return;
    hide();
    if (history.state && history.state.sheet) history.back();
    else history.replaceState(null, "", location.pathname + location.search);
  }

  function keepFocusInside(event) {
    const stops = all(FOCUSABLE, openLayer);
    if (!stops.length) return;
    const first = stops[0];
    const last = stops[stops.length - 1];
    const inside = stops.indexOf(document.activeElement) >= 0;
    if (event.shiftKey && (document.activeElement === first || !inside)) { last.focus(); event.preventDefault(); }
    else if (!event.shiftKey && (document.activeElement === last || !inside)) { first.focus(); event.preventDefault(); }
  }

  window.addEventListener("popstate", () => {
    const state = history.state;
    if (state && state.sheet) show(state.sheet);
    else hide();
  });

  document.addEventListener("keydown", (event) => {
    if (openLayer && event.key === "Escape") closeSheet();
    else if (openLayer && event.key === "Tab") keepFocusInside(event);
    else if (event.key === " " && event.target.matches("a[role=button]")) { event.preventDefault(); event.target.click(); }
  });

  /* ---- Taps ---- */

  function goBack(link, event) {
    let here = false;
    try { here = Boolean(document.referrer) && new URL(document.referrer).origin === location.origin; } catch (error) { here = false; }
    if (!here || history.length < 2) return;
    event.preventDefault();
    history.back();
  }

  function switchCare() {
    const on = document.body.getAttribute("data-weui-mode") !== "care";
    if (on) document.body.setAttribute("data-weui-mode", "care");
    else document.body.removeAttribute("data-weui-mode");
    document.cookie = "care=" + (on ? 1 : 0) + ";path=/;max-age=31536000;samesite=lax";
    all("[data-care]").forEach((button) => {
      button.setAttribute("aria-pressed", String(on));
      find("[data-care-word]", button).textContent = on ? "标准版" : "关怀版";
    });
  }

  function markCurrent(link) {
    all("[data-current]", link.closest("ul")).forEach((other) => other.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "true");
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-open], [data-close], [data-back], [data-care], [data-current][hx-get], [data-signature-clear]");
    if (!target) return;
    if (target.hasAttribute("data-open")) { event.preventDefault(); openSheet(target.getAttribute("data-open")); }
    else if (target.hasAttribute("data-close")) { event.preventDefault(); closeSheet(); }
    else if (target.hasAttribute("data-back")) goBack(target, event);
    else if (target.hasAttribute("data-care")) switchCare();
    else if (target.hasAttribute("data-signature-clear")) clearSignature(target.closest("[data-signature]"));
    else markCurrent(target);
  });

  /* ---- Forms: sent once ---- */

  function setBusy(form, busy) {
    if (busy) form.setAttribute("data-sent", "");
    else form.removeAttribute("data-sent");
    all("button[type=submit], button:not([type])", form).forEach((button) => {
      button.disabled = busy;
      button.classList.toggle("is-busy", busy);
    });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.hasAttribute("data-again") || form.method === "get") return;
    if (event.submitter && event.submitter.formTarget === "_blank") return;
    if (form.hasAttribute("data-sent")) { event.preventDefault(); event.stopPropagation(); return; }
    form.setAttribute("data-sent", "");
    // After this turn, so that the pressed button's own name and value are still sent.
    setTimeout(() => setBusy(form, true), 0);
    setTimeout(() => setBusy(form, false), 15000);
  }, true);

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest && event.target.closest("form");
    if (form) setBusy(form, false);
  });

  window.addEventListener("pageshow", (event) => {
    if (event.persisted) all("form[data-sent]").forEach((form) => setBusy(form, false));
  });

  // What pages keep on the phone for one login lies under names that begin with "session.": it goes with the login.
  document.addEventListener("submit", (event) => {
    if (!/\/logout$/.test(event.target.action)) return;
    try { Object.keys(localStorage).filter((name) => name.indexOf("session.") === 0).forEach((name) => localStorage.removeItem(name)); }
    catch (error) { /* storage is forbidden here, so nothing was kept */ }
  });

  /* ---- Clocks ---- */

  function waitToSend(button) {
    let left = parseInt(button.getAttribute("data-countdown"), 10);
    button.removeAttribute("data-countdown");
    const words = find("span", button) || button;
    const timer = setInterval(() => {
      left -= 1;
      words.textContent = left > 0 ? left + " 秒后重发" : "重新获取";
      if (left > 0) return;
      clearInterval(timer);
      button.disabled = false;
    }, 1000);
  }

  function twoDigits(number) { return (number < 10 ? "0" : "") + number; }

  function duration(seconds) {
    const days = Math.floor(seconds / 86400);
    const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(twoDigits).join(":");
    return days ? days + "天 " + clock : clock;
  }

  function countTo(element) {
    const end = Date.now() + parseInt(element.getAttribute("data-countdown-to"), 10) * 1000;
    element.removeAttribute("data-countdown-to");
    const words = find("b", element);
    const tick = () => {
      const left = Math.max(0, Math.round((end - Date.now()) / 1000));
      words.textContent = duration(left);
      if (left || !document.contains(element)) return;
      clearInterval(timer);
      element.dispatchEvent(new CustomEvent("due", { bubbles: true }));
    };
    const timer = setInterval(tick, 1000);
    tick();
  }

  /* ---- Photos and signatures ---- */

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.hasAttribute("data-upload") || !input.files.length) return;
    const box = input.closest(".u-up");
    const file = input.files[0];
    all("img", box).forEach((old) => { URL.revokeObjectURL(old.src); old.remove(); });
    find(".u-up__name", box).textContent = input.files.length > 1 ? "已选 " + input.files.length + (/^image/.test(file.type) ? " 张" : " 个文件") : file.name;
    box.classList.add("is-filled");
    if (!/^image\//.test(file.type)) return;
    const image = document.createElement("img");
    image.alt = "";
    image.src = URL.createObjectURL(file);
    box.insertBefore(image, box.firstChild);
  });

  const pads = new Map();

  function fitCanvas(canvas) {
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
  }

  function startSignature(box) {
    if (pads.has(box) || !window.SignaturePad) return;
    const canvas = find("[data-signature-pad]", box);
    fitCanvas(canvas);
    const pad = new window.SignaturePad(canvas, { minWidth: 1.2, maxWidth: 3, penColor: "#111", backgroundColor: "#fff" });
    pad.addEventListener("beginStroke", () => box.classList.add("is-signed"));
    pad.addEventListener("endStroke", () => { find("[data-signature-value]", box).value = pad.toDataURL("image/png"); });
    pads.set(box, pad);
    showSignature(box, pad);
  }

  // A form that came back with mistakes still has the signature: show it again.
  function showSignature(box, pad) {
    const kept = find("[data-signature-value]", box).value;
    if (!kept) return;
    pad.fromDataURL(kept);
    box.classList.add("is-signed");
  }

  // Turned round, or shown only now (a step of a form): the drawing ground takes the size it has on the screen.
  window.addEventListener("resize", () => pads.forEach((pad, box) => {
    const canvas = find("[data-signature-pad]", box);
    if (!canvas.offsetWidth || canvas.width === Math.floor(canvas.offsetWidth * Math.max(window.devicePixelRatio || 1, 1))) return;
    fitCanvas(canvas);
    pad.clear();
    showSignature(box, pad);
  }));

  function clearSignature(box) {
    const pad = pads.get(box);
    if (pad) pad.clear();
    box.classList.remove("is-signed");
    find("[data-signature-value]", box).value = "";
  }

  /* ---- Banner dots ---- */

  function followSwiper(swiper) {
    if (swiper.hasAttribute("data-swiper-on")) return;
    swiper.setAttribute("data-swiper-on", "");
    const dots = all(".u-dots i", swiper.parentNode);
    swiper.addEventListener("scroll", () => {
      const current = Math.round(swiper.scrollLeft / swiper.clientWidth);
      dots.forEach((dot, index) => dot.classList.toggle("is-on", index === current));
    }, { passive: true });
  }

  /* ---- Network ---- */

  function showNetwork() {
    const bar = find("#offline");
    if (bar) bar.hidden = navigator.onLine;
  }
  window.addEventListener("online", showNetwork);
  window.addEventListener("offline", showNetwork);

  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    toast(status === 403 || status === 401 ? "请重新登录后再试" : status === 429 ? "操作太频繁了，请稍后再试" : "没能完成，请稍后再试", "warn");
  });
  document.addEventListener("htmx:sendError", () => toast("网络不通，请检查后再试", "warn"));
  document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.icon));
  document.addEventListener("closeSheet", closeSheet);

  /* ---- Start, and again for what htmx brings ---- */

  function start(within) {
    all("[data-countdown]", within).forEach(waitToSend);
    all("[data-countdown-to]", within).forEach(countTo);
    all("[data-swiper]", within).forEach(followSwiper);
    all("[data-signature]", within).forEach(startSignature);
  }

  document.addEventListener("htmx:load", (event) => {
    const parent = event.target.parentNode;
    if (event.target !== document.body && parent) start(parent);
  });

  document.addEventListener("DOMContentLoaded", () => {
    start(document);
    sayMessages();
    showNetwork();
    const summary = find("[data-summary]");
    if (summary) summary.focus();
    if (location.hash.length > 1) show(decodeURIComponent(location.hash.slice(1)));
  });
})();
