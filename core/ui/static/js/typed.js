// What is typed while an answer is under way survives it: in a part marked `data-keep-typed`, a field that was changed
// after the question went out keeps its words, or its tick, when the part is swapped; what was unfolded stays so.
const changed = new WeakMap();  // field -> when it was last typed in
const asked = new WeakMap();    // request -> when it went out
const kept = new Map();         // id of a part -> its fields that wait to be put right
const unfolded = new Map();     // id of a part -> the ids of its details that are open

export function start() {
  document.addEventListener("input", ({ target }) => changed.set(target, performance.now()));
  document.addEventListener("htmx:beforeSend", ({ detail }) => asked.set(detail.xhr, performance.now()));
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (!detail.target.matches("[data-keep-typed]")) return;
    const fresh = (field) => changed.get(field) > asked.get(detail.xhr);
    unfolded.set(detail.target.id, [...detail.target.querySelectorAll("details[id][open]")].map(({ id }) => id));
    kept.set(detail.target.id, [...detail.target.querySelectorAll("input:not([type=file]), select, textarea")].filter(fresh));
  });
}

export function enhance(root) {
  // Other parts settle in between: what is kept is not for them.
  if (!root.matches?.("[data-keep-typed]")) return;
  for (const id of unfolded.get(root.id) ?? []) root.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  unfolded.delete(root.id);
  const waiting = kept.get(root.id) ?? [];
  kept.delete(root.id);
  for (const { name, value, type, checked } of waiting) {
    const isTicked = type === "checkbox" || type === "radio";  // several share a name, and their value is which
    const which = isTicked ? `[value="${CSS.escape(value)}"]` : "";
    const field = root.querySelector?.(`[name="${CSS.escape(name)}"]${which}`);
    if (!field) continue;
    if (isTicked) field.checked = checked;
    else field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
