/*
 * Member codes, checked in the browser: H1. and base64url of account uuid (16 bytes), number of the half minute
 * (4 bytes, big endian) and ECDSA P-256 signature (64 bytes, r and s as WebCrypto wants them).
 */
(function () {
  "use strict";

  const SECONDS = 30;
  const checkIn = window.checkIn = window.checkIn || {};
  // On plain http there is no crypto.subtle: then the server alone can tell.
  const subtle = window.isSecureContext && window.crypto ? window.crypto.subtle : null;

  function bytes(base64) {
    const plain = atob(base64.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (character) => character.charCodeAt(0));
  }

  function parts(text) {
    if (!checkIn.isCode(text)) return null;
    try {
      const all = bytes(text.slice(3));
      return all.length === 84 ? { body: all.slice(0, 20), signature: all.slice(20) } : null;
    } catch (error) {
      return null;
    }
  }

  async function isGenuine(found, key) {
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    const imported = await subtle.importKey("raw", bytes(key), algorithm, false, ["verify"]);
    return subtle.verify({ name: "ECDSA", hash: "SHA-256" }, imported, found.signature, found.body);
  }

  async function hashOf(uuid) {
    const digest = new Uint8Array(await subtle.digest("SHA-256", uuid));
    return Array.from(digest, (byte) => (byte < 16 ? "0" : "") + byte.toString(16)).join("");
  }

  checkIn.isCode = function (text) {
    return text.slice(0, 3) === "H1.";
  };

  /*
   * What a code is worth at `now` (seconds on the server's clock): {state, hash}.
   * state: "none" no code, "forged", "late" not of this half minute, "good", or "unknown" when this browser or the
   * missing key cannot tell. `hash` finds the member on the kept list.
   */
  checkIn.readCode = async function (text, key, now) {
    const found = parts(text);
    if (!found) return { state: "none" };
    if (!subtle || !key) return { state: "unknown" };
    if (!(await isGenuine(found, key))) return { state: "forged" };
    const slot = new DataView(found.body.buffer).getUint32(16);
    if (Math.abs(Math.floor(now / SECONDS) - slot) > 1) return { state: "late" };
    return { state: "good", hash: await hashOf(found.body.slice(0, 16)) };
  };
})();
