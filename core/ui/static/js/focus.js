// After htmx swaps a region, focus goes to its new heading, so that a screen reader and the keyboard follow.
import { announce } from "./announce.js";

export function start() {
  document.addEventListener("htmx:afterSettle", (event) => {
    const heading = event.detail.elt.querySelector("[data-focus]");
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: false });
  });
  document.addEventListener("htmx:sendError", () => announce("The portal did not answer. Nothing was changed; try again."));
  document.addEventListener("htmx:responseError", () => announce("That did not work. Nothing was changed; reload the page and try again."));
}
