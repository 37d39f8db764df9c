// Keys: any visible control with `data-key="a"` answers to that key, unless the person is typing. A bare letter opens,
// moves and steps; what sends something is only brought under the hand, and the same key or Enter then presses it.
// `data-key-at-once` presses what can be undone. `data-key="ctrl+enter"` sends at once, also while one types. Whoever
// turned letters off has the other keys.
import { announce } from "./announce.js";

const WAITING = "keys";
const MOST_WAITING = 3;

const typing = (node) => node.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=range]), textarea, select, [contenteditable]");

// A slider keeps the keys that move it, and no others.
const sliding = (event) => event.target.matches?.("input[type=range]") && event.key.length > 1;

const visible = (node) => node.checkVisibility({ visibilityProperty: true });
const sends = (node) => node.type === "submit" && node.form;
const lettersAreOff = () => document.body.dataset.letterKeys === "off";
const isChanging = () => document.querySelector("form[aria-busy=true], .htmx-request[data-key]");

function find(key) {
  const open = document.querySelector("dialog[open]");
  const named = [...(open ?? document).querySelectorAll("[data-key]")];
  return named.find((node) => node.dataset.key.toLowerCase() === key && !node.disabled && visible(node));
}

function press(node, isMeant = "keyAtOnce" in node.dataset || document.activeElement === node) {
  if (node.matches("input:not([type=checkbox], [type=radio]), textarea, select")) {
    node.focus();
    node.select?.();
  } else if (sends(node) && !isMeant) {
    node.focus({ focusVisible: true });
    announce(`${node.textContent.trim()}: press the key again, or Enter.`);
  } else {
    node.click();
  }
}

// Pressed while the next page or part is on its way: kept for it. There it can move, but never send what nobody saw.
function keep(key) {
  const waiting = [...JSON.parse(sessionStorage.getItem(WAITING) ?? "[]"), key];
  sessionStorage.setItem(WAITING, JSON.stringify(waiting.slice(0, MOST_WAITING)));
}

// One at a time, for the first may lead on; what sends is only brought under the hand, and the rest let go.
function pressKept() {
  const [key, ...others] = JSON.parse(sessionStorage.getItem(WAITING) ?? "[]");
  sessionStorage.removeItem(WAITING);
  const node = key && find(key);
  if (!node) return;
  if (!sends(node)) for (const each of others) keep(each);
  press(node, false);
}

function pressed(event) {
  if (event.isComposing || event.defaultPrevented || event.altKey) return;
  const withControl = event.ctrlKey || event.metaKey;
  if (withControl && event.key !== "Enter") return;
  if (!withControl && (typing(event.target) || sliding(event) || (lettersAreOff() && event.key.length === 1))) return;
  if (event.key === "?") {
    event.preventDefault();
    document.getElementById("keys")?.togglePopover();
    return;
  }
  const key = withControl ? "ctrl+enter" : event.key.toLowerCase();
  if (isChanging()) {
    event.preventDefault();
    if (key.length === 1) keep(key);
    return;
  }
  const node = find(key);
  if (!node) return;
  event.preventDefault();
  press(node, withControl || undefined);
}

export function start() {
  document.addEventListener("keydown", pressed);
  const goOn = () => {
    try {
      pressKept();
    } catch { /* Storage is closed to us: keys that were pressed too early are lost. */ }
  };
  document.addEventListener("DOMContentLoaded", () => setTimeout(goOn));  // once htmx has taken the page in
  document.addEventListener("htmx:afterSettle", () => setTimeout(goOn));
}
