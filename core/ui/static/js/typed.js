// What is typed and not saved yet outlives every swap. In the form that was sent, that is what was changed after the
// question went out; in any other form, all that was changed. A form that the answer does not show is waited for.
// In a part marked `data-keep-typed` what was unfolded stays so, and what the answer leaves out is gone.
const changed = new WeakMap();  // field -> when it was last typed in
const asked = new WeakMap();    // request -> when it went out
const goesOn = new WeakSet();   // fields that came back while somebody was typing in them
let kept = [];                  // what waits for its form
let untold = [];                // fields that have their words back, of which nobody has been told
let unfolded = [];              // ids of details that were open

const FIELDS = "input:not([type=file], [type=password], [data-seen]), select, textarea";
const isTicked = ({ type }) => type === "checkbox" || type === "radio";  // several share a name, and their value is which

// Attributes, since a field that is called `id` or `action` hides the property. Some forms are sent to one address.
const addressOf = (form) => `${new URL(form.getAttribute("action") ?? "", location).pathname}#${form.getAttribute("id") ?? ""}`;
const formAt = (address) => [...document.forms].find((form) => addressOf(form) === address);
const peers = (form, { name, type, value }) => [...form.elements].filter(
  (field) => field.name === name && (!isTicked({ type }) || field.value === value),
);

// When the question of an answer went out.
export const sentAt = (xhr) => asked.get(xhr);

// Whether what a form was sent with is stored: not when it was refused, nor when the form was sent to be filled in.
export function hasSaved({ xhr, requestConfig: { elt, triggeringEvent } }) {
  return elt.matches("form") && xhr.status < 400 && !triggeringEvent?.submitter?.formNoValidate;
}

// The form that an answer shows again without having stored it.
export function shownAgain(detail) {
  const { elt } = detail.requestConfig;
  return elt.matches("form") && !hasSaved(detail) ? formAt(addressOf(elt)) : null;
}

export const isTypedOn = (field) => goesOn.has(field);
export const waiting = () => kept;

// What an answer would take away from a part of the page. What somebody had seen when they began to type goes with their
// words: what others wrote since they have not seen yet.
export function typedIn(root, { xhr, requestConfig: { elt } }) {
  const sent = elt.form ?? elt.closest("form");
  const isFresh = (field) => changed.get(field) > (field.form === sent ? asked.get(xhr) : 0);
  const fields = [...root.querySelectorAll(FIELDS)].filter(({ form }) => form?.getAttribute("method") === "post").filter(isFresh);
  const others = new Set(fields.map(({ form }) => form).filter((form) => form !== sent));
  return [...[...others].flatMap((form) => [...form.querySelectorAll("[data-seen]")]), ...fields].map(described);
}

function described(field) {
  const { form, name, type, value, checked, labels } = field;
  const place = peers(form, field).indexOf(field);
  const label = labels?.[0]?.firstChild?.textContent.trim() || name, words = field.selectedOptions?.[0]?.text ?? value;
  return { field, name, type, value, checked, place, address: addressOf(form), label, words, when: changed.get(field) };
}

// Puts words back into their forms. Returns those whose form is not there.
export const putBack = (fields) => fields.filter((each) => !isBack(each));

function isBack(each) {
  const form = formAt(each.address), field = form && peers(form, each)[each.place];
  if (!field) return Boolean(form);
  if (isTicked(each)) field.checked = each.checked;
  else if (field.value !== each.value) field.value = each.value;
  if (field.matches("[data-seen]")) return true;
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  const when = each.field ? each.when : performance.now();  // another page had another clock
  changed.set(field, when);
  untold.push([field, when]);
  if (each.selection) goOn(field, each.selection);
  return true;
}

function goOn(field, selection) {
  goesOn.add(field);
  field.focus({ preventScroll: true });
  if (selection[0] !== null) field.setSelectionRange?.(...selection);
}

export function start() {
  document.addEventListener("input", ({ target }) => changed.set(target, performance.now()));
  document.addEventListener("htmx:beforeSend", ({ detail }) => asked.set(detail.xhr, performance.now()));
  document.addEventListener("htmx:beforeSwap", ({ detail }) => { if (detail.shouldSwap) keep(detail); });
  document.addEventListener("htmx:afterSwap", ({ detail }) => swapped(detail));  // before another key is pressed
}

function keep(detail) {
  const { target } = detail, isPart = target.matches("[data-keep-typed]"), focused = document.activeElement;
  for (const each of typedIn(target, detail)) {
    const selection = each.field === focused && [focused.selectionStart, focused.selectionEnd];
    kept.push({ ...each, selection, waits: !isPart });
  }
  unfolded = isPart ? [...target.querySelectorAll("details[id][open]")].map(({ id }) => id) : [];
}

function swapped(detail) {
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  unfolded = [];
  for (const field of shownAgain(detail)?.querySelectorAll(FIELDS) ?? []) changed.set(field, performance.now());
  kept = putBack(kept.filter(({ field }) => !field.isConnected)).filter(({ waits }) => waits);
}

export function enhance(root) {
  const mine = untold.filter(([field]) => root.contains(field));
  untold = untold.filter((each) => each[0].isConnected && !mine.includes(each));
  for (const [field, when] of mine) {
    field.dispatchEvent(new Event("input", { bubbles: true }));
    changed.set(field, when);  // since then it may have been sent
  }
}
