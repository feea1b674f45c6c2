/* The answer: colour, words, sound and vibration, so that nobody has to look at the screen to know. */
(function () {
  "use strict";

  const checkIn = window.checkIn = window.checkIn || {};
  const panel = document.querySelector("[data-panel]");
  if (!panel) return;
  const part = (name) => panel.querySelector("[data-" + name + "]");

  // Frequency and length of each note; a rising pair means in, two equal ones "was in already", a low one no.
  const NOTES = { ok: [[880, .09], [1320, .16]], warn: [[660, .11], [660, .16]], bad: [[196, .42]] };
  const SHAKES = { ok: 60, warn: [60, 70, 60], bad: [220, 80, 220] };
  let audio = null;

  /* Browsers let a page sound only after a touch: called at the first one. */
  checkIn.allowSound = function () {
    const Audio = window.AudioContext || window.webkitAudioContext;
    if (!audio && Audio) audio = new Audio();
    if (audio && audio.state === "suspended") audio.resume();
  };

  function sound(tone) {
    if (!audio || audio.state !== "running") return;
    let at = audio.currentTime;
    NOTES[tone].forEach(([frequency, seconds]) => {
      const voice = audio.createOscillator();
      const volume = audio.createGain();
      voice.type = tone === "bad" ? "square" : "sine";
      voice.frequency.value = frequency;
      volume.gain.setValueAtTime(.28, at);
      volume.gain.exponentialRampToValueAtTime(.001, at + seconds);
      voice.connect(volume).connect(audio.destination);
      voice.start(at);
      voice.stop(at + seconds);
      at += seconds + .03;
    });
  }

  /* outcome: {tone: "ok" | "warn" | "bad", title, text, party} */
  checkIn.show = function (outcome) {
    panel.setAttribute("data-tone", outcome.tone);
    part("title").textContent = outcome.title;
    part("text").textContent = outcome.text;
    part("party").hidden = !(outcome.party > 1);
    part("party").textContent = outcome.party + " 人";
    panel.classList.remove("is-new");
    void panel.offsetWidth; // so that the flash also starts when two answers look the same
    panel.classList.add("is-new");
    sound(outcome.tone);
    if (navigator.vibrate) navigator.vibrate(SHAKES[outcome.tone]);
  };
})();
