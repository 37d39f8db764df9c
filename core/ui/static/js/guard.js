// What is sent is never lost in silence. While it is under way its button is busy; what goes wrong is said beside that
// button, with everything as it was typed, and it can be sent again. Who is signed out signs in beside the open page.
import { announce } from "./announce.js";

// Milliseconds until an answer is no longer waited for.
export const HOW_LONG_FOR_FILES = 600_000;
const HOW_LONG = 60_000;
const FORMS = 'form[method="post"]:not([hx-post], [hx-boost])';

// What a form of ours asks of htmx: to be posted in place of the browser, and to be shown again where it was.
const AS_A_PAGE = {
  "hx-boost": "true", "hx-target": "#content", "hx-select": "#content", "hx-swap": "outerHTML",
  "hx-disinherit": "*",
};

const WORDS = {
  offline: ["The portal cannot be reached", "What you typed is still here. Check your connection and try again."],
  slow: ["The portal has not answered", "It may have been saved all the same. What you typed is still here; try again."],
  404: ["This is not there any more", "Somebody may have removed it. Copy what you typed, and look for it again."],
  413: ["That is too large", "Choose a smaller file, or fewer of them, and try again."],
  429: ["That was too often", "Nothing was done. Wait a minute and try again."],
  503: ["The portal is not ready right now", "What you typed is still here. Wait a moment and try again."],
  500: ["Something went wrong on our side", "What you typed is still here. Try again; if it fails twice, tell an administrator."],
  other: ["That did not work", "Nothing was done. Copy what you typed, reload the page, and try again."],
};

// Where the portal is away, loading the page again would lose the page.
const NO_ANSWER = ["offline", "slow", 503];

const acts = new WeakMap();    // element that is sent -> how, so that it can be sent again
const renewed = new WeakSet(); // elements that were sent again with a new token
let waiting = null;            // what is sent again once somebody is signed in
let asking = null;             // the question who is signed in, while it is under way
let leaving = false;

const dialog = () => document.getElementById("signed-out");
const TYPED = 'form[method="post"] :is(textarea, input:not([type=hidden], [type=checkbox], [type=radio], [type=range], [type=color]))';
const hasTyped = () => [...document.querySelectorAll(TYPED)].some((field) => field.value !== field.defaultValue);
const isAct = ({ verb, triggeringEvent }) => verb === "post" && ["submit", "click"].includes(triggeringEvent?.type);

export function enhance(root) {
  if (!("user" in document.body.dataset)) return;  // nobody is signed in: there is nothing to lose yet
  const forms = [...root.querySelectorAll(FORMS)];
  if (root.matches?.(FORMS)) forms.push(root);
  for (const form of forms) {
    for (const [name, value] of Object.entries(AS_A_PAGE)) form.setAttribute(name, value);
    if (form.enctype === "multipart/form-data") form.setAttribute("hx-request", `{"timeout": ${HOW_LONG_FOR_FILES}}`);
    if (root !== document) htmx.process(form);
  }
}

export function start() {
  document.addEventListener("htmx:confirm", begin);
  document.addEventListener("htmx:configRequest", withButton);
  document.addEventListener("htmx:beforeRequest", ({ detail }) => busy(acts.get(detail.elt), true));
  document.addEventListener("htmx:beforeOnLoad", answered);
  document.addEventListener("htmx:afterRequest", ended);
  document.addEventListener("htmx:sendError", ({ detail }) => trouble(detail, "offline"));
  document.addEventListener("htmx:timeout", ({ detail }) => trouble(detail, "slow"));
  document.addEventListener("htmx:responseError", ({ detail }) => trouble(detail, detail.xhr.status));
  document.addEventListener("click", clicked);
  addEventListener("focus", () => { if (dialog()?.open) goOn(false); });
  addEventListener("pagehide", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; });
}

// Sending

function begin(event) {
  const { detail } = event;
  if (!isAct(detail)) return;
  const { elt, triggeringEvent } = detail;
  const button = triggeringEvent.submitter ?? elt.closest("button");
  if (elt.ariaBusy === "true") event.preventDefault();  // the second of two clicks
  else acts.set(elt, { elt, button });
}

// The button that was pressed goes along, wherever on the page it stands.
function withButton({ detail }) {
  detail.timeout ||= HOW_LONG;
  const button = detail.triggeringEvent?.submitter;
  if (button?.name && !detail.formData.getAll(button.name).includes(button.value)) {
    detail.parameters[button.name] = button.value;
  }
}

function busy(act, is) {
  if (!act) return;
  const marked = [act.elt, act.button].filter(Boolean);
  for (const node of marked) {
    if (is) node.ariaBusy = "true";
    else node.removeAttribute("aria-busy");
  }
  if (is) placeOf(act).querySelector(".trouble")?.remove();
}

function ended({ detail }) {
  if (detail.xhr.getResponseHeader("HX-Redirect") && detail.xhr.status < 400) return;  // on the way to another page
  busy(acts.get(detail.elt), false);
  if (detail.successful) document.querySelector("#messages > .trouble")?.remove();
}

function again({ elt, button }) {
  if (!elt.matches("form")) {
    elt.click();
    return;
  }
  const same = button?.name && `[name="${CSS.escape(button.name)}"][value="${CSS.escape(button.value)}"]`;
  elt.requestSubmit(button?.form === elt ? button : same ? elt.querySelector(same) : null);
}

// Answers

function answered(event) {
  const { elt, xhr } = event.detail;
  if (xhr.status === 401) {
    event.preventDefault();
    if (acts.has(elt)) signIn(acts.get(elt));
    else sayAbove("You are signed out", hasTyped() ? "What you typed is still here." : "Sign in to go on.", "Sign in", "open");
  } else if (xhr.getResponseHeader("X-Stale-Page")) {
    event.preventDefault();
    if (renewed.has(elt)) trouble(event.detail, "other");
    else renew(elt);
  } else if (xhr.status < 400) {
    renewed.delete(elt);
  }
}

function trouble(detail, kind) {
  if (leaving) return;
  const act = acts.get(detail.elt);
  const [title, words] = saidBy(detail.xhr) ?? wordsOf(kind);
  if (!act) {
    const question = NO_ANSWER.includes(kind) && detail.requestConfig && detail;
    sayAbove(title, "This page may be out of date.", question ? "Try again" : "Reload", "reload", question);
    return;
  }
  document.querySelector('#messages > .trouble[data-does="reload"]')?.remove();  // this says more
  const { notice, button } = made(title, words, "Try again");
  button.addEventListener("click", () => again(act));
  place(act, notice);
}

// Words

// The portal's own words for a fault, where the answer is its notice and not a page of something in between.
function saidBy(xhr) {
  if (!xhr.getResponseHeader("HX-Retarget")) return null;
  const notice = new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector(".notice");
  const [title, words] = [notice?.querySelector(".title"), notice?.querySelector(".title ~ p")];
  return title && words ? [title.textContent, words.textContent.trim()] : null;
}

const wordsOf = (kind) => WORDS[kind] ?? WORDS[kind > 500 ? 500 : "other"];

// What went wrong, as sentences: `kind` is the status of an answer, or `offline` or `slow` where none came.
export const wordsFor = (kind) => wordsOf(kind).join(". ");

function made(title, words, label) {
  const notice = document.getElementById("trouble").content.firstElementChild.cloneNode(true);
  const button = notice.querySelector("button");
  notice.querySelector(".title").textContent = title;
  notice.querySelector(".words").textContent = words;
  button.lastChild.textContent = label;
  return { notice, button };
}

const placeOf = ({ elt }) => elt.closest("form") ?? elt.parentElement;

function place(act, notice) {
  const place = placeOf(act);
  place.querySelector(".trouble")?.remove();
  const row = act.button?.isConnected && act.button.closest(".actions, .row");
  if (row && place.contains(row)) row.before(notice);
  else place.append(notice);
  notice.scrollIntoView({ block: "nearest" });
}

function sayAbove(title, words, label, does, question) {
  const above = document.getElementById("messages");
  if (!above || document.querySelector(".trouble")) return;
  const { notice, button } = made(title, words, label);
  notice.dataset.does = does;
  button.addEventListener("click", () => {
    if (does === "open") signIn(null);
    else if (question?.elt.isConnected) ask(question, notice);
    else location.reload();
  });
  above.prepend(notice);
}

// What the page asked for and got no answer to, once more.
function ask({ elt, requestConfig: { verb, path, triggeringEvent } }, notice) {
  notice.remove();
  htmx.ajax(verb, path, { source: elt, event: triggeringEvent }).catch(() => { /* It is said again. */ });
}

// Signing in beside the page

// Sends `{ elt, button }` again once somebody is signed in.
export function signIn(act) {
  waiting = act;
  const holds = { sent: act, typed: hasTyped() };
  for (const said of dialog().querySelectorAll("[data-if]")) said.hidden = !holds[said.dataset.if];
  if (!dialog().open) dialog().showModal();
  say("");
}

const say = (words) => { dialog().querySelector("[role=status]").textContent = words; };

// Asked once at a time: each answer may bring another token, and only the last one counts.
function whoIsSignedIn() {
  asking ??= fetch(document.body.dataset.session).then((answer) => {
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  }).finally(() => { asking = null; });
  return asking;
}

function takeToken(token) {
  for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = token;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
}

function clicked({ target }) {
  const button = target.closest("#signed-out button");
  if (!button) return;
  if (button.value === "go-on") goOn(true);
  else dialog().close();
}

// Somebody who comes back goes on at once; whoever signed in as somebody else is told so first, and chooses.
async function goOn(isAsked) {
  let now;
  try {
    now = await whoIsSignedIn();
  } catch {
    say("The portal cannot be reached. Check your connection and try again.");
    return;
  }
  const { user } = document.body.dataset;
  if (!now.user) {
    if (isAsked) say("Nobody is signed in yet. Sign in first, then press Continue.");
  } else if (now.user !== user && !(isAsked && dialog().dataset.told === now.user)) {
    dialog().dataset.told = now.user;
    say(`You are signed in as ${now.name} now. Press Continue to go on as ${now.name}.`);
  } else {
    document.body.dataset.user = now.user;
    takeToken(now.token);
    dialog().close();
    document.querySelector('#messages > .trouble[data-does="open"]')?.remove();
    announce("You are signed in again.");
    if (waiting) again(waiting);
    waiting = null;
  }
}

// The page is older than the session: it takes the new token and sends again, unless somebody else is signed in.
async function renew(elt) {
  renewed.add(elt);
  const act = acts.get(elt);
  try {
    if (!(await takesNewToken(act))) return;
    busy(act, false);
    if (act) again(act);
  } catch {
    trouble({ elt }, "offline");
  }
}

// Whether the page has the token of the session now. Whoever is signed out, or has become somebody else, is asked first.
export async function takesNewToken(act) {
  const now = await whoIsSignedIn();
  if (!now.user || now.user !== document.body.dataset.user) {
    signIn(act);
    goOn(false);
    return false;
  }
  takeToken(now.token);
  return true;
}
