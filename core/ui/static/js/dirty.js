// A form marked `data-guard` asks before typed words are lost.
let unsaved = null;

export function start() {
  document.addEventListener("input", (event) => { unsaved = event.target.closest("form[data-guard]") ?? unsaved; });
  document.addEventListener("submit", () => { unsaved = null; });
  addEventListener("beforeunload", (event) => { if (unsaved?.isConnected) event.preventDefault(); });
}
