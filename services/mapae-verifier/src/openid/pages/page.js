// Waits for the wallet's answer. Without this script the page looks again by itself.

const { state, back } = document.querySelector("main").dataset;
const EVERY = 2000;

async function look() {
  try {
    const answer = await fetch(state, { credentials: "same-origin", cache: "no-store" });
    const stands = answer.ok ? (await answer.json()).state : "over";
    if (stands === "ready" || stands === "over") return location.replace(back);
    document.getElementById("returning").hidden = stands !== "returning";
    document.getElementById("waits").hidden = stands === "returning";
  } catch {
    // The network is away; it may come back.
  }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
