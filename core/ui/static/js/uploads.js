// The files of a set are sent one by one, so that each is added, or refused with its reason, by itself. What is not in
// yet can be tried again, each file alone or all of them with the form's button. One file alone goes the form's own way.
import { announce } from "./announce.js";
import { button, filesOf, isTaken, lineOf, listOf } from "./dropzone.js";
import { HOW_LONG_FOR_FILES, signIn, takesNewToken, wordsFor } from "./guard.js";

const zoneOf = (form) => form.querySelector("[data-dropzone]");
const noticeOf = (form) => form.querySelector(".sum-up > .notice");
const WAITS = "waits", SENDING = "sending", REFUSED = "refused", ADDED = "added";

export function start() {
  document.addEventListener("submit", submitted, true);  // before htmx and the browser
  document.addEventListener("click", clicked);
  document.addEventListener("replaced", ({ target, detail }) => sendOne(target.closest("form[data-one-by-one]"), detail));
}

function submitted(event) {
  const form = event.target, zone = form.matches("[data-one-by-one]") && zoneOf(form);
  if (!zone || listOf(zone).children.length < 2) return;
  event.preventDefault();
  event.stopPropagation();
  for (const file of filesOf(zone)) if (lineOf(file).dataset.state !== SENDING) say(file, WAITS);
  if (form.ariaBusy !== "true") sendAll(form, event.submitter);  // otherwise their turn comes
}

function clicked({ target }) {
  const form = target.closest("[data-does=again]")?.closest("form[data-one-by-one]");
  if (form) sendOne(form, filesOf(zoneOf(form)).find((file) => lineOf(file).contains(target)));
}

function sendOne(form, file) {
  if (!form || !file) return;
  say(file, WAITS);
  if (form.ariaBusy !== "true") sendAll(form, null);
}

const next = (zone) => filesOf(zone).find((file) => lineOf(file).dataset.state === WAITS);

async function sendAll(form, submitter) {
  const zone = zoneOf(form), act = { elt: form, button: submitter }, typed = new FormData(form);
  const marked = [form, submitter ?? form.querySelector("[type=submit]")];
  for (const node of marked) node.ariaBusy = "true";
  noticeOf(form).hidden = true;
  let goesOn = true;
  try {
    for (let file = next(zone); file && goesOn; file = next(zone)) goesOn = await send(act, zone, typed, file);
  } finally {
    for (const node of marked) node.removeAttribute("aria-busy");
  }
  if (goesOn) sumUp(form);
  else for (const file of filesOf(zone)) if (lineOf(file).dataset.state === WAITS) say(file, "");
}

// Sends one file. Returns whether the next may follow.
async function send(act, zone, typed, file, isAgain = false) {
  const form = act.elt, { bar, state } = sending(file);
  const answer = await post(form, dataFor(form, zone, typed, file), (share) => {
    bar.value = share;
    state.textContent = wordsAt(share);
  });
  if (answer.status === 401) {
    say(file, WAITS);
    signIn(act);
    return false;
  }
  if (answer.getResponseHeader("X-Stale-Page") && !isAgain) return renewed(act, zone, typed, file);
  if (answer.status === 422 && !isJson(answer)) return withMistakes(form, zone, file, answer.responseText);
  if (answer.status === 422) {
    const { words, may_pass: mayPass } = JSON.parse(answer.responseText);
    refused(file, words, mayPass);
  } else if (answer.status >= 200 && answer.status < 300) {
    const words = isJson(answer) ? JSON.parse(answer.responseText).words : "";
    added(zone, file, answer.getResponseHeader("Location") ?? answer.responseURL, words);
  } else {
    refused(file, wordsFor(answer.kind ?? answer.status), true);
  }
  return true;
}

// The page was older than the session.
async function renewed(act, zone, typed, file) {
  say(file, WAITS);
  try {
    return (await takesNewToken(act)) && (await send(act, zone, typed, file, true));
  } catch {
    refused(file, wordsFor("offline"), true);
    return true;
  }
}

const isJson = (answer) => answer.getResponseHeader("Content-Type")?.startsWith("application/json");
const wordsAt = (share) => (share < 1 ? `Sending, ${Math.round(share * 100)}%` : "Sent. Looking at it");

// A line keeps its place, so that the same file sent again after a lost answer is known to be the same.
function dataFor(form, zone, typed, file) {
  const data = new FormData(), { name: field } = zone.querySelector("input[type=file]"), list = listOf(zone);
  lineOf(file).dataset.place ??= list.dataset.placed = Number(list.dataset.placed ?? 0) + 1;
  for (const [name, value] of typed) if (name !== field) data.append(name, value);
  data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  data.set("place", lineOf(file).dataset.place);
  data.set(field, file);
  return data;
}

// The request once it is over; `kind` says why where no answer came. Unlike fetch, it tells how much has been sent.
function post(form, data, onProgress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.timeout = HOW_LONG_FOR_FILES;
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded / total));
    request.addEventListener("error", () => { request.kind = "offline"; });
    request.addEventListener("timeout", () => { request.kind = "slow"; });
    request.addEventListener("loadend", () => resolve(request));
    request.send(data);
  });
}

// The questions that all files share have a mistake: they are shown again as the answer has them, beside these files.
function withMistakes(form, zone, file, page) {
  const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("form[data-one-by-one]");
  if (!fresh) {
    refused(file, wordsFor("other"), true);
    return true;
  }
  say(file, WAITS);
  zoneOf(fresh).replaceWith(zone);
  form.replaceWith(fresh);
  htmx.trigger(fresh, "htmx:load", { elt: fresh });
  zone.dispatchEvent(new Event("input", { bubbles: true }));  // still not saved
  (fresh.querySelector("[aria-invalid=true]") ?? fresh.querySelector(".notice")).scrollIntoView({ block: "center" });
  fresh.querySelector("[aria-invalid=true]")?.focus();
  return false;
}

// Lines

function say(file, name, words = "") {
  const item = lineOf(file);
  item.dataset.state = name;
  item.querySelectorAll(".state, progress, [data-does=again], [data-does=replace]").forEach((node) => node.remove());
  const state = document.createElement("span");
  state.className = "state";
  state.textContent = words || (name === WAITS ? "Waiting" : "");
  item.querySelector(".name").after(state);
  for (const each of item.querySelectorAll("button")) each.ariaDisabled = name === SENDING ? "true" : null;
  return { item, state, acts: item.querySelector(".row") };
}

function sending(file) {
  const { state } = say(file, SENDING, wordsAt(0)), bar = document.createElement("progress");
  bar.setAttribute("aria-label", `Sending ${file.name}`);
  bar.value = 0;
  state.after(bar);
  return { bar, state };
}

function added(zone, file, address, words) {
  const { state, acts } = say(file, ADDED, words ? `Added. ${words} ` : "Added. "), link = document.createElement("a");
  const { pathname } = new URL(address, location);
  link.href = pathname;
  link.textContent = "Open";
  link.setAttribute("aria-label", `Open ${file.name} in the library`);
  state.append(link);
  acts.remove();
  isTaken(zone, file);
  announce(`${file.name} was added. ${words}`.trim());
}

function refused(file, words, mayPass) {
  const { acts } = say(file, REFUSED, `Not added. ${words}`);
  const again = mayPass ? button("Try again", "again") : button("Choose another file", "replace");
  again.setAttribute("aria-label", `${again.textContent} for ${file.name}`);
  acts.prepend(again);
  announce(`${file.name} was not added. ${words}`);
}

function sumUp(form) {
  const many = [...listOf(zoneOf(form)).children], isIn = many.filter((item) => item.dataset.state === ADDED).length;
  const left = many.length - isIn, notice = noticeOf(form), were = (count) => (count === 1 ? "was" : "were");
  notice.querySelector(".title").textContent = left
    ? `${isIn} of ${many.length} pictures ${were(isIn)} added; ${left} ${were(left)} not.`
    : `${isIn} ${isIn === 1 ? "picture" : "pictures"} ${were(isIn)} added.`;
  notice.querySelector(".words").textContent = left
    ? "Each that was not says why in its line above. What you typed is still here."
    : "Each needs alt text and a license.";
  notice.hidden = false;
  notice.scrollIntoView({ block: "nearest" });
  if (!left) form.dispatchEvent(new CustomEvent("all-saved", { bubbles: true }));
}
