// The clip with the path of the fall over it.
//
// Times of the path are on the source's axis; the clip begins at data-start-s of it.
"use strict";

(() => {
  const player = document.getElementById("player");
  const clip = document.getElementById("clip");
  const overlay = document.getElementById("overlay");
  const done = document.getElementById("done");
  const now = document.getElementById("now");
  const path = JSON.parse(player.dataset.path);
  const startS = Number(player.dataset.startS);
  const releaseS = Number(player.dataset.releaseS);
  let frameS = Number(player.dataset.frameS);

  function pressed(button, isPressed) {
    button.setAttribute("aria-pressed", String(isPressed));
  }

  const overlayButton = document.getElementById("toggle-overlay");
  overlayButton.addEventListener("click", () => {
    const isHidden = overlay.classList.toggle("hidden");
    pressed(overlayButton, !isHidden);
  });

  const zoomButton = document.getElementById("toggle-zoom");
  const sheet = document.getElementById("sheet");
  zoomButton.addEventListener("click", () => {
    const isZoomed = zoomButton.getAttribute("aria-pressed") !== "true";
    pressed(zoomButton, isZoomed);
    sheet.style.transform = isZoomed ? zoomed() : "";
  });

  // Scales the sheet so that the part of the frame with the fall fills the stage's height.
  function zoomed() {
    const [x, y, width, height] = player.dataset.crop.split(" ").map(Number);
    const shown = sheet.clientWidth / Number(player.dataset.width);
    const scale = Math.max(1, Math.min(sheet.clientHeight / (height * shown), sheet.clientWidth / (width * shown)));
    const limit = (value, least) => Math.min(0, Math.max(least, value));
    const left = limit(sheet.clientWidth / 2 - (x + width / 2) * shown * scale, sheet.clientWidth * (1 - scale));
    const top = limit(sheet.clientHeight / 2 - (y + height / 2) * shown * scale, sheet.clientHeight * (1 - scale));
    return `translate(${left}px, ${top}px) scale(${scale})`;
  }

  if (!clip) return;

  const position = document.getElementById("position");
  const clock = document.getElementById("clock");
  let shownS = 0; // media time of the frame on the screen

  function placeAt(sourceS) {
    if (sourceS < path[0][0] || sourceS > path[path.length - 1][0]) return null;
    const later = path.findIndex((point) => point[0] >= sourceS);
    if (later <= 0) return path[0].slice(1);
    const [a, b] = [path[later - 1], path[later]];
    const share = b[0] > a[0] ? (sourceS - a[0]) / (b[0] - a[0]) : 1;
    return [a[1] + share * (b[1] - a[1]), a[2] + share * (b[2] - a[2])];
  }

  function draw(mediaS) {
    shownS = mediaS;
    const sourceS = startS + mediaS;
    const place = placeAt(sourceS);
    const passed = path.filter((point) => point[0] <= sourceS).map((point) => point.slice(1));
    if (place) passed.push(place);
    done.setAttribute("points", passed.map((point) => point.join(",")).join(" "));
    now.setAttribute("visibility", place ? "visible" : "hidden");
    if (place) {
      now.setAttribute("cx", place[0]);
      now.setAttribute("cy", place[1]);
    }
    if (document.activeElement !== position || clip.paused) position.value = mediaS;
    const since = sourceS - releaseS;
    clock.textContent = `${since < 0 ? "−" : "+"}${Math.abs(since).toFixed(2)} s`;
  }

  function onFrame(_now, frame) {
    const step = frame.mediaTime - shownS;
    if (!clip.paused && step > 0.001 && step < frameS) frameS = step; // the path may skip frames, the clip does not
    draw(frame.mediaTime);
    clip.requestVideoFrameCallback(onFrame);
  }

  function seek(mediaS) {
    clip.pause();
    clip.currentTime = Math.min(Math.max(mediaS, 0), clip.duration || 0);
  }

  if ("requestVideoFrameCallback" in clip) clip.requestVideoFrameCallback(onFrame);
  else for (const name of ["timeupdate", "seeked"]) clip.addEventListener(name, () => draw(clip.currentTime));

  function ready() {
    position.max = clip.duration;
    if (clip.paused) draw(clip.currentTime);
  }
  if (clip.readyState >= 1) ready();
  clip.addEventListener("loadedmetadata", ready);
  const warn = () => { document.getElementById("cannot-play").hidden = false; };
  clip.addEventListener("error", warn);
  if (clip.error) warn();
  for (const name of ["play", "pause"]) {
    clip.addEventListener(name, () => player.classList.toggle("playing", !clip.paused));
  }

  document.getElementById("play").addEventListener("click", () => {
    if (!clip.paused) clip.pause();
    else clip.play().catch(warn);
  });
  clip.addEventListener("click", () => document.getElementById("play").click());
  // Aim at the middle of a frame: its edge may round to the neighbour.
  document.getElementById("forward").addEventListener("click", () => seek(shownS + 1.5 * frameS));
  document.getElementById("back").addEventListener("click", () => seek(shownS - 0.5 * frameS));
  document.getElementById("to-release").addEventListener("click", () => seek(releaseS - startS + 0.001));
  position.addEventListener("input", () => seek(Number(position.value)));

  const speeds = [...document.querySelectorAll(".speed")];
  for (const button of speeds) {
    button.addEventListener("click", () => {
      clip.playbackRate = Number(button.dataset.rate);
      for (const other of speeds) pressed(other, other === button);
    });
  }
})();
