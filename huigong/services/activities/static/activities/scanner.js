/*
 * The check-in desk: every code, from the camera, a photo or a hand scanner, goes through `take`. With network the
 * server answers; without it the phone checks the signature and its kept list, notes the scan and uploads it later.
 */
(function () {
  "use strict";

  const desk = document.querySelector("[data-scanner]");
  if (!desk) return;
  const checkIn = window.checkIn;
  const find = (name) => document.querySelector("[data-" + name + "]");
  const address = (name) => desk.getAttribute("data-" + name);
  const ACTIVITY = Number(address("activity"));
  const SESSION = Number(address("session"));
  const READY_AFTER = 900; // ms from one answer to the next scan
  const SAME_FOR = 4000; // ms for which a code that is still in the picture is not asked again
  const PATIENCE = 2500;

  let net = ""; // "online", "offline", or "out": logged out, or no longer in charge
  let list = checkIn.list.load(SESSION); // {savedAt, key, drift, people, counts}
  let drift = list ? list.drift : 0; // seconds by which the server's clock is ahead of this phone's
  let token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  let keeps = true; // until the cadre asks to keep nothing here
  let pageKept = false;

  const now = () => Date.now() / 1000 + drift;
  const say = (text, icon) => document.dispatchEvent(new CustomEvent("toast", { detail: { text: text, icon: icon } }));
  const clock = (seconds) => new Date(seconds * 1000).toTimeString().slice(0, 5);

  /* ---- What is seen of the state ---- */

  const WORDS = { online: "在线", offline: "离线 · 联网后自动上传", out: "登录已失效 · 扫码先记在本机" };

  function setNet(state) {
    net = state;
    find("net").setAttribute("data-net", state);
    find("net-words").textContent = WORDS[state];
    find("login").hidden = state !== "out";
  }

  async function showWaiting() {
    const scans = await checkIn.queue.all(ACTIVITY);
    find("waiting").textContent = scans.length;
    find("send").hidden = !scans.length;
    return scans;
  }

  function showCounts(counts) {
    const write = (name, number) => { find(name).textContent = number.toLocaleString("en-US"); };
    write("came", counts.came);
    write("expected", counts.expected);
    write("heads-came", counts.heads_came);
    write("heads-expected", counts.heads_expected);
    find("progress").max = counts.expected || 1;
    find("progress").value = counts.came;
  }

  function showKept() {
    find("kept").hidden = !list;
    if (!list) return;
    find("kept-count").textContent = Object.keys(list.people).length;
    find("kept-at").textContent = clock(list.savedAt / 1000);
  }

  function showRefused() {
    const items = checkIn.refused.all(ACTIVITY);
    find("refused").hidden = !items.length;
    const rows = items.map((item) => {
      const row = document.createElement("li");
      const time = document.createElement("time");
      time.textContent = clock(item.at);
      row.append(time, (item.surname ? item.surname + "* · " : "") + item.title + "：" + item.text);
      return row;
    });
    const box = find("refused-list");
    box.textContent = "";
    rows.forEach((row) => box.appendChild(row));
  }

  /* ---- Talking to the server ---- */

  class Out extends Error {}

  async function talk(url, sent, patience) {
    const stop = window.AbortController ? new AbortController() : null;
    const timer = setTimeout(() => stop && stop.abort(), patience);
    const options = { credentials: "same-origin", headers: { "Accept": "application/json" } };
    if (stop) options.signal = stop.signal;
    if (sent) {
      options.method = "POST";
      options.body = JSON.stringify(sent);
      options.headers["Content-Type"] = "application/json";
      options.headers["X-CSRFToken"] = token;
    }
    try {
      const response = await fetch(url, options);
      if (response.redirected || response.status === 403 || response.status === 404) throw new Out();
      if (!response.ok) throw new Error("answered " + response.status);
      const answer = await response.json();
      setNet("online");
      return answer;
    } finally {
      clearTimeout(timer);
    }
  }

  /* No answer means offline; a refusal at the door means that this phone has no business with the list any more. */
  function failed(error) {
    if (!(error instanceof Out)) return setNet("offline");
    forget();
    setNet("out");
  }

  async function loadPeople() {
    try {
      const answer = await talk(address("people"), null, 8000);
      token = answer.token;
      drift = answer.now - Date.now() / 1000;
      showCounts(answer.counts);
      if (keeps) keepList(answer);
      return true;
    } catch (error) {
      failed(error);
      return false;
    }
  }

  function keepList(answer) {
    list = { savedAt: Date.now(), key: answer.key, drift: drift, people: answer.people, counts: answer.counts };
    checkIn.list.save(SESSION, list);
    showKept();
    if (!pageKept) keepPage();
  }

  /* ---- A code ---- */

  async function ask(code) {
    try {
      const answer = await talk(address("scan"), { session: SESSION, code: code }, PATIENCE);
      showCounts(answer.counts);
      renewRoster();
      return answer.outcome;
    } catch (error) {
      failed(error);
      return null;
    }
  }

  const NO = (title, text) => ({ tone: "bad", title: title, text: text, party: 0 });

  /* The same judgement without network. */
  async function judge(code, at) {
    const read = await checkIn.readCode(code, list && list.key, at);
    if (read.state === "none") return NO("会员码无效", "这不是会员码。");
    if (read.state === "forged") return NO("会员码无效", "这不是有效的会员码。");
    if (read.state === "late") return NO("会员码无效", "会员码已过期，请会员刷新后再出示。");
    const known = read.hash && list.people[read.hash];
    if (read.hash && !known) return NO("不在离线名单里", "请看会员的“我的报名”；确有名额的，联网后手工签到。");
    if (known && known[3]) return { tone: "warn", title: known[1] + "*", text: "已签到过 " + clock(known[3]), party: known[2] };
    await checkIn.queue.add({ activity: ACTIVITY, session: SESSION, code: code, at: at, surname: known ? known[1] : "" });
    showWaiting();
    if (!known) return { tone: "warn", title: "待核验", text: "已记下，联网后核对", party: 0 };
    noteArrival(known, at);
    return { tone: "ok", title: known[1] + "*", text: "已记下，待上传", party: known[2] };
  }

  function noteArrival(known, at) {
    known[3] = Math.floor(at);
    list.counts.came += 1;
    list.counts.heads_came += known[2];
    checkIn.list.save(SESSION, list);
    showCounts(list.counts);
  }

  let busy = false;
  let last = { text: "", at: 0 };

  async function take(text) {
    const code = text.trim();
    if (busy || (code === last.text && Date.now() - last.at < SAME_FOR)) return;
    busy = true;
    const at = now();
    const answer = (net === "online" && await ask(code)) || await judge(code, at);
    last = { text: code, at: Date.now() };
    checkIn.show(answer);
    setTimeout(() => { busy = false; }, READY_AFTER);
  }

  /* A hand scanner may be quicker than the answers; none of its codes is lost, and the same one may come again. */
  let typing = Promise.resolve();

  function takeTyped(code) {
    typing = typing.then(async () => {
      while (busy) await new Promise((resolve) => setTimeout(resolve, 40));
      last = { text: "", at: 0 };
      await take(code);
    });
  }

  let renewing = 0;

  function renewRoster() {
    clearTimeout(renewing);
    renewing = setTimeout(() => document.body.dispatchEvent(new CustomEvent("seen")), 1200);
  }

  /* ---- Uploading ---- */

  let sending = false;

  async function send() {
    if (sending) return;
    sending = true;
    try {
      const scans = await showWaiting();
      const sessions = Array.from(new Set(scans.map((scan) => scan.session)));
      for (const session of sessions) await sendSession(session, scans.filter((scan) => scan.session === session));
    } catch (error) {
      failed(error);
    } finally {
      sending = false;
    }
  }

  async function sendSession(session, scans) {
    for (let start = 0; start < scans.length; start += 50) {
      const part = scans.slice(start, start + 50);
      const sent = part.map((scan) => ({ code: scan.code, at: scan.at }));
      const answer = await talk(address("upload"), { session: session, scans: sent }, 30000);
      for (let index = 0; index < part.length; index += 1) await settle(part[index], answer.outcomes[index]);
      if (session === SESSION) showCounts(answer.counts);
    }
    await showWaiting();
    say("已上传 " + scans.length + " 条签到", "success");
    renewRoster();
  }

  async function settle(scan, outcome) {
    await checkIn.queue.remove(scan.id);
    if (outcome.tone !== "bad") return;
    checkIn.refused.add(ACTIVITY, { at: scan.at, surname: scan.surname, title: outcome.title, text: outcome.text });
    showRefused();
  }

  async function sync() {
    if (!(await loadPeople())) return;
    if ((await showWaiting()).length) await send();
  }

  /* ---- Keeping and forgetting ---- */

  function keepPage() {
    pageKept = true;
    if (!window.isSecureContext || !navigator.serviceWorker) return;
    const named = Array.from(document.querySelectorAll("script[src], link[rel=stylesheet], link[rel=icon]"));
    const addresses = named.map((element) => element.src || element.href);
    addresses.push(address("page") + "?session=" + SESSION);
    navigator.serviceWorker.register(address("worker"), { scope: address("page") })
      .then(() => navigator.serviceWorker.ready)
      .then((registration) => registration.active.postMessage({ keep: addresses }))
      .catch(() => {});
  }

  function forget() {
    list = null;
    pageKept = false;
    checkIn.list.wipe();
    showKept();
    if (navigator.serviceWorker && navigator.serviceWorker.controller) navigator.serviceWorker.controller.postMessage({ forget: true });
  }

  /* ---- Hands ---- */

  async function openCamera() {
    try {
      await checkIn.camera.start(find("video"), take);
      find("start").hidden = true;
      find("frame").hidden = false;
    } catch (error) {
      const denied = error.name === "NotAllowedError";
      offerPhoto(denied ? "没有摄像头权限。可在浏览器设置里允许，或用拍照识别。" : "打不开摄像头，请用拍照识别。");
    }
  }

  function offerPhoto(note) {
    find("camera").hidden = true;
    find("photo-label").hidden = false;
    find("camera-note").textContent = note;
  }

  async function readPhoto(input) {
    if (!input.files.length) return;
    const text = await checkIn.camera.read(input.files[0]);
    input.value = "";
    if (text) take(text);
    else checkIn.show(NO("没有认出来", "照片里没有会员码，请靠近一点再拍。"));
  }

  document.addEventListener("click", (event) => {
    checkIn.allowSound();
    const target = event.target.closest("[data-camera], [data-send], [data-forget], [data-refused-clear], [data-reason], [data-back], [data-typed-clear]");
    if (!target) return;
    if (target.hasAttribute("data-camera")) openCamera();
    else if (target.hasAttribute("data-send")) sync();
    else if (target.hasAttribute("data-reason")) target.form.elements.reason.value = target.getAttribute("data-reason");
    else if (target.hasAttribute("data-typed-clear")) find("typed").elements.q.value = "";
    else if (target.hasAttribute("data-back") && net === "online") forget();
    else if (target.hasAttribute("data-refused-clear")) { checkIn.refused.clear(ACTIVITY); showRefused(); }
    else if (target.hasAttribute("data-forget")) {
      keeps = false;
      forget();
      document.dispatchEvent(new CustomEvent("closeSheet"));
      say("已清除", "success");
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.hasAttribute("data-photo")) readPhoto(event.target);
    else if (event.target.hasAttribute("data-sessions")) event.target.form.submit();
  });

  // A hand scanner types the code and Enter; a name or number goes on to the server's search.
  document.addEventListener("submit", (event) => {
    if (!event.target.hasAttribute("data-typed")) return;
    const field = event.target.elements.q;
    if (!checkIn.isCode(field.value.trim())) return;
    event.preventDefault();
    event.stopPropagation();
    checkIn.allowSound();
    takeTyped(field.value);
    field.value = "";
    field.focus();
  }, true);

  // The list of names stays on the server: without network it cannot be shown or changed.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    const cause = event.detail.requestConfig.triggeringEvent;
    if (cause && (cause.type === "click" || cause.type === "submit")) say("查名单和手工签到要联网", "warn");
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open=hand], [data-open=undo]");
    if (!opener || navigator.onLine) return;
    event.preventDefault();
    event.stopPropagation();
    say("查名单和手工签到要联网", "warn");
  }, true);

  document.body.addEventListener("arrivals", loadPeople);
  window.addEventListener("online", sync);
  window.addEventListener("offline", () => setNet("offline"));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) sync(); });
  setInterval(() => { if (!document.hidden && (net !== "online" || (list && Date.now() - list.savedAt > 60000))) sync(); }, 15000);

  if (!checkIn.camera.isThere()) offerPhoto("这里打不开摄像头（需要 https），请拍下会员码来识别。");
  if (list) showCounts(list.counts);
  showKept();
  showRefused();
  showWaiting();
  setNet(navigator.onLine ? "online" : "offline");
  sync();
})();
