// Ids can be copied with one click.
import { announce } from "./announce.js";

export function enhance(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy] > button")) button.hidden = false;
}

export function start() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy] > button");
    if (!button) return;
    const holder = button.parentElement;
    await navigator.clipboard.writeText(holder.dataset.copy);
    announce("Copied");
    const said = Object.assign(document.createElement("span"), { className: "said", textContent: "copied" });
    holder.querySelector(".said")?.remove();
    holder.append(said);
    setTimeout(() => said.remove(), 1600);
  });
}
