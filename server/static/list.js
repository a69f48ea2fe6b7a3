// Tells the operator when something new has arrived, without moving the list under the hand, and where nobody watches.
"use strict";

(() => {
  const PAUSE_MS = 10000;
  const notice = document.getElementById("arrived");
  const unwatched = document.getElementById("unwatched");

  async function lookForIncidents() {
    if (notice.dataset.watch !== "yes") return;
    const answer = await fetch("/api/v1/incidents?limit=1", { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const newest = (await answer.json()).items[0];
    notice.hidden = !newest || newest.incident_id === notice.dataset.newest;
  }

  async function lookForBoxes() {
    const answer = await fetch("/boxes/line", { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const line = new DOMParser().parseFromString(await answer.text(), "text/html");
    const isSame = line.body.textContent.trim() === unwatched.textContent.trim();
    if (!isSame) unwatched.replaceChildren(...line.body.childNodes);
  }

  async function look() {
    try {
      await Promise.all([lookForIncidents(), lookForBoxes()]);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // a TypeError is a lost connection: look again later
    }
    setTimeout(look, PAUSE_MS);
  }

  setTimeout(look, PAUSE_MS);
})();
