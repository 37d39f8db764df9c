// Ids and texts can be copied with one click.
import { announce } from "./announce.js";

const SAID_FOR = 4000;

export function enhance(root) {
  for (const button of root.querySelectorAll("[data-copy] > button")) button.hidden = false;
}

export function start() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy] > button");
    if (!button) return;
    const holder = button.parentElement;
    const words = await copied(holder.dataset.copy) ? "Copied" : "Not copied: select the text and press Ctrl+C";
    announce(words);
    const said = Object.assign(document.createElement("span"), { className: "said", textContent: words });
    holder.querySelector(".said")?.remove();
    holder.append(said);
    setTimeout(() => said.remove(), SAID_FOR);
  });
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // refused, or not there: browsers have no clipboard for pages that came without https
    return copiedFromThePage(text);
  }
}

function copiedFromThePage(text) {
  const before = document.activeElement;
  const area = Object.assign(document.createElement("textarea"), { value: text, className: "hidden-text" });
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  before?.focus({ preventScroll: true });
  return done;
}
