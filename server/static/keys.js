// Hot keys of the incident page; each presses a button that is there for the hand as well.
"use strict";

(() => {
  const ARMED_MS = 4000;
  const refusals = document.getElementById("refusals");
  let disarm = 0;

  function press(id) {
    const button = document.getElementById(id);
    if (button) button.click();
  }

  // A refusal takes two keys, so that a stray digit refuses nothing.
  function arm() {
    refusals.classList.add("armed");
    clearTimeout(disarm);
    disarm = setTimeout(() => refusals.classList.remove("armed"), ARMED_MS);
  }

  function refuse(number) {
    const button = refusals.querySelector(`[data-number="${number}"]`);
    if (button && refusals.classList.contains("armed")) button.click();
  }

  function slower() {
    const speeds = [...document.querySelectorAll(".speed")];
    const now = speeds.findIndex((button) => button.getAttribute("aria-pressed") === "true");
    if (speeds.length) speeds[(now + 1) % speeds.length].click();
  }

  const keys = {
    " ": () => press("play"),
    ArrowLeft: () => press("back"),
    ArrowRight: () => press("forward"),
    s: slower,
    h: () => press("to-release"),
    o: () => press("toggle-overlay"),
    z: () => press("toggle-zoom"),
    c: () => press("confirm"),
    r: arm,
    n: () => press("next"),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && !event.key.startsWith("Arrow")) return;
    if (event.target.closest("input:not([type=range]), textarea, select")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (/^[1-8]$/.test(key)) refuse(key);
    else if (key in keys) keys[key]();
    else return;
    event.preventDefault();
  });
})();
