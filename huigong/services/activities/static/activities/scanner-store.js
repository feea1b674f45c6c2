/*
 * What the desk keeps on the phone.
 *
 * The list of who is expected (opaque ids and surnames) lies in localStorage under a name that begins with
 * "session.": union.js removes those on logging out. It lives 24 hours. Scans that wait for the network lie in
 * IndexedDB, where neither a reload nor logging out loses them; in private windows without it, in localStorage.
 */
(function () {
  "use strict";

  const DAY = 24 * 3600 * 1000;
  const checkIn = window.checkIn = window.checkIn || {};

  function read(name) {
    try { return JSON.parse(localStorage.getItem(name)); } catch (error) { return null; }
  }

  function write(name, value) {
    try { localStorage.setItem(name, JSON.stringify(value)); } catch (error) { /* full or forbidden: this page only */ }
  }

  function drop(name) {
    try { localStorage.removeItem(name); } catch (error) { /* there was nothing then */ }
  }

  /* ---- The list ---- */

  const listName = (session) => "session.check-in." + session;

  checkIn.list = {
    load(session) {
      const kept = read(listName(session));
      if (kept && Date.now() - kept.savedAt < DAY && kept.savedAt <= Date.now() + DAY) return kept;
      drop(listName(session));
      return null;
    },
    save(session, list) { write(listName(session), list); },
    wipe() {
      try { Object.keys(localStorage).filter((name) => name.indexOf("session.check-in.") === 0).forEach(drop); }
      catch (error) { /* forbidden: nothing is kept */ }
    },
  };

  /* ---- The queue: {id, activity, session, code, at, surname} ---- */

  const QUEUE = "check-in.queue";

  function opened() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open("check-in", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("scans", { keyPath: "id" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  function inDatabase(mode, work) {
    return opened().then((database) => new Promise((resolve, reject) => {
      const transaction = database.transaction("scans", mode);
      const request = work(transaction.objectStore("scans"));
      transaction.oncomplete = () => { database.close(); resolve(request.result); };
      transaction.onabort = transaction.onerror = () => { database.close(); reject(transaction.error); };
    }));
  }

  const inStorage = {
    all: () => read(QUEUE) || [],
    add: (scan) => write(QUEUE, inStorage.all().concat(scan)),
    remove: (id) => write(QUEUE, inStorage.all().filter((scan) => scan.id !== id)),
  };

  checkIn.queue = {
    async all(activity) {
      let scans = inStorage.all();
      try { scans = scans.concat(await inDatabase("readonly", (store) => store.getAll())); } catch (error) { /* no database */ }
      return scans.filter((scan) => scan.activity === activity).sort((one, other) => one.at - other.at);
    },
    async add(scan) {
      const kept = Object.assign({ id: scan.at + "." + scan.code.slice(-12) }, scan);
      try { await inDatabase("readwrite", (store) => store.put(kept)); } catch (error) { inStorage.add(kept); }
    },
    async remove(id) {
      inStorage.remove(id);
      try { await inDatabase("readwrite", (store) => store.delete(id)); } catch (error) { /* no database */ }
    },
  };

  /* ---- What the server did not take, until the cadre has read it ---- */

  const refusedName = (activity) => "check-in.refused." + activity;

  checkIn.refused = {
    all: (activity) => read(refusedName(activity)) || [],
    add: (activity, item) => write(refusedName(activity), checkIn.refused.all(activity).concat(item).slice(-50)),
    clear: (activity) => drop(refusedName(activity)),
  };
})();
