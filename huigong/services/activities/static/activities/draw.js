/*
 * Recomputes a draw in the reader's browser: the same arithmetic as huigong.resources.seats.queries, so that
 * nobody has to believe the server. crypto.subtle is missing on plain http, hence the package js-sha256.
 *
 * window.recomputeDraw(sheet) takes the downloaded JSON and gives [{title, ok, detail}] for anybody's console.
 */
(function () {
  "use strict";

  function hashOf(text) { return window.sha256(text); }

  function listHash(entries) {
    const sorted = entries.slice().sort((one, other) => one[0] - other[0] || one[1] - other[1]);
    return hashOf(sorted.map((entry) => entry[0] + "," + entry[1] + "\n").join(""));
  }

  function winners(entries, seed, places) {
    const head = seed + ":" + listHash(entries) + ":";
    const ranked = entries.map((entry) => ({ rank: hashOf(head + entry[0]), number: entry[0], size: entry[1] }));
    ranked.sort((one, other) => (one.rank < other.rank ? -1 : one.rank > other.rank ? 1 : one.number - other.number));
    let left = places;
    return ranked.filter((lot) => {
      if (lot.size > left) return false;
      left -= lot.size;
      return true;
    }).map((lot) => lot.number);
  }

  function difference(ours, published) {
    const here = new Set(ours);
    const there = new Set(published);
    return ours.filter((number) => !there.has(number)).concat(published.filter((number) => !here.has(number)));
  }

  function recompute(sheet) {
    const seed = hashOf(sheet.seed);
    const list = listHash(sheet.entries);
    const numbers = new Set(sheet.entries.map((entry) => entry[0]));
    const wrong = difference(winners(sheet.entries, sheet.seed, sheet.places), sheet.winners);
    return [
      { title: "种子指纹", ok: seed === sheet.seed_hash, detail: seed },
      { title: "名单指纹", ok: list === sheet.entries_hash, detail: list },
      { title: "编号不重复", ok: numbers.size === sheet.entries.length, detail: "共 " + sheet.entries.length + " 个" },
      { title: "中签编号", ok: !wrong.length, detail: wrong.length ? "不一致的编号：" + wrong.slice(0, 20).join("、") : "共 " + sheet.winners.length + " 个" },
    ];
  }

  window.recomputeDraw = recompute;

  /* ---- The page ---- */

  const box = document.querySelector("[data-draw]");
  if (!box) return;
  const shown = { seed: box.getAttribute("data-seed-hash"), list: box.getAttribute("data-entries-hash") };
  let won = null;

  // What this phone saw on an earlier visit: fingerprints that were exchanged meanwhile would be found out.
  function remembered() {
    const key = "draw-" + box.getAttribute("data-key");
    try {
      const kept = JSON.parse(localStorage.getItem(key) || "{}");
      const now = { seed: kept.seed || shown.seed, list: kept.list || shown.list, at: kept.at || Date.now() };
      localStorage.setItem(key, JSON.stringify(now));
      return kept.at ? kept : null;
    } catch (error) {
      return null;
    }
  }

  const kept = remembered();

  function memory() {
    if (!kept) return [];
    const same = kept.seed === shown.seed && (!kept.list || kept.list === shown.list);
    const day = new Date(kept.at);
    const when = day.getMonth() + 1 + "月" + day.getDate() + "日";
    return [{ title: "这台手机 " + when + " 记下的指纹", ok: same, detail: same ? "没有变过" : "和现在公布的不一样" }];
  }

  function published(sheet) {
    const same = sheet.seed_hash === shown.seed && sheet.entries_hash === shown.list;
    return { title: "下载的名单与本页公布的指纹", ok: same, detail: same ? "相同" : "不同" };
  }

  function report(checks) {
    const list = box.querySelector("[data-results]");
    const good = checks.every((check) => check.ok);
    const all = { title: good ? "全部一致，抽签结果是真的" : "有不一致的地方，请向主办工会和上级工会反映", ok: good, detail: "" };
    list.textContent = "";
    checks.concat(all).forEach((check) => {
      const item = document.createElement("li");
      item.className = check.ok ? "is-ok" : "is-bad";
      const mark = item.appendChild(document.createElement("b"));
      mark.textContent = check.ok ? "✓" : "✗";
      const words = item.appendChild(document.createElement("span"));
      words.textContent = check.title;
      if (check.detail) words.appendChild(document.createElement("small")).textContent = check.detail;
      list.appendChild(item);
    });
  }

  // Each row says for itself whether its result is the one recomputed here.
  function markRows(within) {
    if (!won) return;
    within.querySelectorAll("[data-lot]").forEach((row) => {
      const cell = row.lastElementChild;
      if (cell.querySelector(".d-mark")) return;
      const ok = won.has(Number(row.getAttribute("data-lot"))) === Boolean(cell.querySelector(".u-tag"));
      const mark = cell.appendChild(document.createElement("b"));
      mark.className = "d-mark " + (ok ? "d-mark_ok" : "d-mark_bad");
      mark.textContent = ok ? "✓" : "✗";
      mark.setAttribute("aria-label", ok ? "核对一致" : "核对不一致");
      mark.setAttribute("role", "img");
    });
  }

  function run(button) {
    button.disabled = true;
    fetch(box.getAttribute("data-sheet"), { credentials: "same-origin", cache: "no-store" })
      .then((response) => {
        if (!response.ok) throw new Error(String(response.status));
        return response.json();
      })
      .then((sheet) => {
        won = new Set(winners(sheet.entries, sheet.seed, sheet.places));
        report(recompute(sheet).concat(published(sheet), memory()));
        markRows(document);
      })
      .catch(() => document.dispatchEvent(new CustomEvent("toast", { detail: { text: "名单没有取到，请检查网络后再试", icon: "warn" } })))
      .then(() => { button.disabled = false; });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-recompute]");
    if (button) run(button);
  });
  document.addEventListener("htmx:load", () => markRows(document));
})();
