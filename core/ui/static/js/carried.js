// What is saved may open a page anew, as a whole. What is typed in other forms, or was typed since, comes along; where
// its form is not there, the page says what was typed, so that it can be copied. Nothing comes along on signing out.
import { putBack, typedIn, waiting } from "./typed.js";

const CARRIED = "carried";
let isCarried = false;

// Whether what is unsaved on this page comes along to the next.
export const isAllCarried = () => isCarried;

export function start() {
  document.addEventListener("htmx:beforeOnLoad", ({ detail }) => carry(detail));
  addEventListener("pageshow", ({ persisted }) => { if (persisted) isCarried = false; });
}

function carry(detail) {
  const { elt } = detail.requestConfig, { user } = document.body.dataset;
  if (!detail.xhr.getResponseHeader("HX-Redirect") || elt.matches("[data-signs-out]")) return;
  const fields = [...waiting(), ...typedIn(document, detail)].map(({ field, selection, ...said }) => said);
  const files = [...document.querySelectorAll("input[type=file]")].filter((field) => field.form !== elt && field.files.length);
  if (files.length) return;  // which cannot come along: the browser asks, and who stays has everything here
  try {
    if (fields.length) sessionStorage.setItem(CARRIED, JSON.stringify({ user, fields }));
    isCarried = true;
  } catch { /* too much, a painted picture perhaps: the browser asks before it is lost */ }
}

export function enhance(root) {
  if (root !== document) return;
  const carried = JSON.parse(sessionStorage.getItem(CARRIED));
  sessionStorage.removeItem(CARRIED);
  if (!carried || carried.user !== document.body.dataset.user) return;
  const lost = putBack(carried.fields).filter(({ type, value }) => value.trim() && !["hidden", "radio", "checkbox"].includes(type));
  if (lost.length) say(lost);
}

function say(lost) {
  const notice = document.getElementById("left-over").content.firstElementChild.cloneNode(true);
  for (const { label, words } of lost) {
    const [term, said] = ["dt", "dd"].map((name) => document.createElement(name));
    term.textContent = label;
    said.textContent = words;
    notice.querySelector("dl").append(term, said);
  }
  document.getElementById("messages")?.append(notice);
}
