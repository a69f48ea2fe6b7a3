// Tells the operator when something new has arrived, without moving the list under the hand.
"use strict";

(() => {
  const PAUSE_MS = 10000;
  const notice = document.getElementById("arrived");
  if (notice.dataset.watch !== "yes") return;

  async function look() {
    try {
      const answer = await fetch("/api/v1/incidents?limit=1", { headers: { Accept: "application/json" } });
      if (answer.ok) {
        const newest = (await answer.json()).items[0];
        notice.hidden = !newest || newest.incident_id === notice.dataset.newest;
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // a TypeError is a lost connection: look again later
    }
    setTimeout(look, PAUSE_MS);
  }

  setTimeout(look, PAUSE_MS);
})();
