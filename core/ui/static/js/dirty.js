// A form marked `data-guard` asks before typed words are lost. What was sent and refused is not saved yet.
let unsaved = null;

export function start() {
  document.addEventListener("input", (event) => { unsaved = event.target.closest("form[data-guard]") ?? unsaved; });
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) unsaved = null; });
  document.addEventListener("all-saved", ({ target }) => { if (target === unsaved) unsaved = null; });
  document.addEventListener("htmx:beforeOnLoad", ({ detail: { elt, xhr } }) => {
    if (elt === unsaved && xhr.status < 400) unsaved = null;
  });
  document.addEventListener("htmx:afterSettle", ({ detail: { elt, xhr } }) => {
    if (xhr?.status >= 400) unsaved = elt.querySelector("form[data-guard]") ?? unsaved;
  });
  addEventListener("beforeunload", (event) => { if (unsaved?.isConnected) event.preventDefault(); });
}
