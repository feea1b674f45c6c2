/*
 * The service worker of one check-in desk. It keeps that page and what the page itself names (its styles, its
 * scripts, jsQR) and answers for them without network. Nothing else passes through it: no list, no scan.
 */
"use strict";

const CACHE = "check-in " + self.registration.scope;
const PATIENCE = 4000;
// The page varies by cookie, but this phone has one cadre. `match` on all caches does not make one that is gone anew.
const EXACT = { cacheName: CACHE, ignoreVary: true };
const LOOSE = Object.assign({ ignoreSearch: true }, EXACT);

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(keep(event.data.keep));
  if (event.data.forget) event.waitUntil(caches.delete(CACHE));
});

/* Old versions go, new ones come; what cannot be fetched now stays as it was. */
async function keep(addresses) {
  const cache = await caches.open(CACHE);
  const wanted = addresses.map((address) => new URL(address, self.location).href);
  const kept = await cache.keys();
  const old = kept.filter((request) => new URL(request.url).pathname.indexOf("/static/") === 0 && wanted.indexOf(request.url) < 0);
  await Promise.all(wanted.map((address) => fetched(cache, address)));
  await Promise.all(old.map((request) => cache.delete(request)));
}

async function fetched(cache, address) {
  try {
    const response = await fetch(address, { credentials: "same-origin", redirect: "error" });
    if (response.ok) await cache.put(address, response);
  } catch (error) { /* no network, or logged out: keep what there is */ }
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  if (request.method !== "GET") return;
  const path = new URL(request.url).pathname;
  if (request.mode === "navigate" && path === new URL(self.registration.scope).pathname) event.respondWith(page(request));
  else if (path.indexOf("/static/") === 0) event.respondWith(asset(request));
});

/* The server's page when it comes in time, else the kept one. */
async function page(request) {
  const kept = (await caches.match(request.url, EXACT)) || (await caches.match(request.url, LOOSE));
  if (!kept) return fetch(request);
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE));
  return Promise.race([fetch(request).catch(() => kept), late]);
}

/* Names of styles and scripts change with their content: what is kept under a name is right. */
async function asset(request) {
  return (await caches.match(request.url, EXACT)) || fetch(request);
}
