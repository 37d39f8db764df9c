// Keys: any visible control with `data-key="a"` answers to that key, unless the person is typing.
const typing = (node) => node.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=range]), textarea, select, [contenteditable]");

// A slider keeps the keys that move it, and no others.
const sliding = (event) => event.target.matches?.("input[type=range]") && event.key.length > 1;

const visible = (node) => node.checkVisibility({ visibilityProperty: true });

function find(key) {
  const open = document.querySelector("dialog[open]");
  const named = [...(open ?? document).querySelectorAll("[data-key]")];
  return named.find((node) => node.dataset.key.toLowerCase() === key && !node.disabled && visible(node));
}

function press(node) {
  if (node.matches("input:not([type=checkbox], [type=radio]), textarea, select")) {
    node.focus();
    node.select?.();
  } else {
    node.click();
  }
}

export function start() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (typing(event.target) || sliding(event)) return;
    if (event.key === "?") {
      event.preventDefault();
      document.getElementById("keys")?.togglePopover();
      return;
    }
    const node = find(event.key.toLowerCase());
    if (!node) return;
    event.preventDefault();
    press(node);
  });
}
