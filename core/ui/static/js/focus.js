// After htmx swaps a region the focus is where the eye is: at its new heading, at what is wrong in it, or, when the
// button that was pressed is gone, at the next one of its kind. The kind is what an id says before its hyphen. Whoever
// is typing in it goes on typing.
import { isTypedOn } from "./typed.js";

let left = null;  // the region that is swapped, and its buttons of one kind: the one with the focus, then the nearest

const kindOf = (id) => id.split("-")[0];

function leave({ detail: { target } }) {
  const focused = document.activeElement;
  left = null;
  if (!focused?.id || !target.contains(focused)) return;
  const ids = [...target.querySelectorAll("button[id]")].map((node) => node.id).filter((id) => kindOf(id) === kindOf(focused.id));
  const place = ids.indexOf(focused.id);
  left = { region: target.id, ids: [...ids.slice(place), ...ids.slice(0, Math.max(place, 0)).reverse()] };
}

function arrive({ detail: { elt } }) {
  if (elt.id === "messages") elt.scrollIntoView({ block: "nearest" });
  if (isTypedOn(document.activeElement)) return;
  const wrong = () => elt.querySelector('[aria-invalid="true"]') ?? elt.querySelector(".notice");
  const place = elt.querySelector("[data-focus]") ?? (elt.id === "content" ? wrong() : next(elt));
  if (!place) return;
  if (!place.matches("button, input, select, textarea")) place.tabIndex = -1;
  place.focus({ preventScroll: false });
}

// The next of its kind, or the region itself when there is none.
function next(region) {
  if (left?.region !== region.id || document.activeElement !== document.body) return null;
  const found = left.ids.map((id) => document.getElementById(id)).find(Boolean);
  left = null;
  return found ?? region;
}

export function start() {
  document.addEventListener("htmx:beforeSwap", leave);
  document.addEventListener("htmx:afterSettle", arrive);
}
