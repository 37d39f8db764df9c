// A form marked `data-guard` asks before typed words are lost. What was sent and not stored is not saved yet.
import { isAllCarried } from "./carried.js";
import { hasSaved, sentAt, shownAgain, waiting } from "./typed.js";

const unsaved = new Map();  // form -> when it was last typed in

const note = (form) => { if (form?.matches("[data-guard]")) unsaved.set(form, performance.now()); };
const isLeft = () => waiting().length > 0 || [...unsaved.keys()].some((form) => form.isConnected);

export function start() {
  document.addEventListener("input", ({ target }) => note(target.form ?? target.closest("form")));
  document.addEventListener("submit", ({ target, defaultPrevented }) => { if (!defaultPrevented) unsaved.delete(target); });
  document.addEventListener("all-saved", ({ target }) => unsaved.delete(target));
  document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
    const { elt, xhr } = detail;
    if (hasSaved(detail) && unsaved.get(elt) <= sentAt(xhr)) unsaved.delete(elt);
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => note(shownAgain(detail)));
  addEventListener("beforeunload", (event) => { if (isLeft() && !isAllCarried()) event.preventDefault(); });
}
