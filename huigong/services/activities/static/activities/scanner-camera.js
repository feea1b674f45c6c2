/* Eyes of the desk: the camera where the page is secure, a photo elsewhere; jsQR reads both. */
(function () {
  "use strict";

  const PAUSE = 110;
  const checkIn = window.checkIn = window.checkIn || {};
  const canvas = document.createElement("canvas");

  /* The picture, no side longer than `most`, so that old phones read it in time. */
  function pixels(source, width, height, most) {
    const scale = Math.min(1, most / Math.max(width, height));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    return context.getImageData(0, 0, canvas.width, canvas.height);
  }

  function decode(image, inversion) {
    const found = window.jsQR(image.data, image.width, image.height, { inversionAttempts: inversion });
    return found ? found.data : null;
  }

  function keepAwake() {
    if (navigator.wakeLock && !document.hidden) navigator.wakeLock.request("screen").catch(() => {});
  }

  checkIn.camera = {
    isThere() {
      return Boolean(window.isSecureContext && navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
    },

    /* Shows the camera in `video` and calls `seen(text)` for every code. Rejects when it may not or cannot. */
    async start(video, seen) {
      const wanted = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } };
      video.srcObject = await navigator.mediaDevices.getUserMedia({ audio: false, video: wanted });
      video.hidden = false;
      await video.play();
      const look = () => {
        if (!document.hidden && video.readyState >= 2 && video.videoWidth) {
          const text = decode(pixels(video, video.videoWidth, video.videoHeight, 640), "dontInvert");
          if (text) seen(text);
        }
        setTimeout(look, PAUSE);
      };
      look();
      keepAwake();
      document.addEventListener("visibilitychange", keepAwake);
    },

    /* The code in a photo, or null. */
    read(file) {
      return new Promise((resolve) => {
        const image = new Image();
        const done = (text) => { URL.revokeObjectURL(image.src); resolve(text); };
        image.onerror = () => done(null);
        image.onload = () => {
          const sizes = [800, 1400, 400];
          const texts = sizes.map((most) => () => decode(pixels(image, image.naturalWidth, image.naturalHeight, most), "attemptBoth"));
          done(texts.reduce((found, attempt) => found || attempt(), null));
        };
        image.src = URL.createObjectURL(file);
      });
    },
  };
})();
