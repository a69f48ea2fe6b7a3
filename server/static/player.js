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

  const ZOOM = 3;

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
  let centre = path[0].slice(1);
  zoomButton.addEventListener("click", () => {
    pressed(zoomButton, player.classList.toggle("zoomed"));
    zoom();
  });

  // Enlarges the picture around the object and goes along with it, never beyond the picture's edge.
  function zoom() {
    if (!player.classList.contains("zoomed")) {
      sheet.style.transform = "";
      return;
    }
    const [width, height] = [sheet.clientWidth, sheet.clientHeight];
    const shown = width / Number(player.dataset.width);
    const shift = (place, size) => Math.min(0, Math.max(size * (1 - ZOOM), size / 2 - place * shown * ZOOM));
    sheet.style.transform = `translate(${shift(centre[0], width)}px, ${shift(centre[1], height)}px) scale(${ZOOM})`;
  }

  if (!clip) return;

  const position = document.getElementById("position");
  const clock = document.getElementById("clock");
  let shownS = 0; // media time of the frame on the screen
  let aimedS = null; // media time of the frame that a step leads to, until it shows

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
    if (!clip.paused || Math.abs(mediaS - aimedS) < frameS / 2) aimedS = null;
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
    centre = place || (sourceS < releaseS ? path[0] : path[path.length - 1]).slice(1);
    zoom();
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

  // Counts from the frame aimed at, so that a step taken before the last one has shown is not lost; seeks to the middle of
  // the frame, since its edge may round to the neighbour.
  function step(byS) {
    const aimS = Math.min(Math.max((aimedS ?? shownS) + byS, 0), clip.duration || 0);
    seek(aimS + frameS / 2);
    aimedS = aimS;
  }

  function seek(mediaS) {
    clip.pause();
    aimedS = null;
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
  document.getElementById("forward").addEventListener("click", () => step(frameS));
  document.getElementById("back").addEventListener("click", () => step(-frameS));
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
