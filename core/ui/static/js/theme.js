// The switch between light, dark and the system's wish.
const root = document.documentElement;

function show(choice) {
  if (choice) root.dataset.theme = choice;
  else delete root.dataset.theme;
  for (const button of document.querySelectorAll("[data-theme-switch] button")) {
    button.setAttribute("aria-pressed", String(button.value === choice));
  }
}

function keep(choice) {
  try {
    if (choice) localStorage.setItem("theme", choice);
    else localStorage.removeItem("theme");
  } catch { /* Storage is closed to us: the choice holds for this page. */ }
}

export function start() {
  for (const group of document.querySelectorAll("[data-theme-switch]")) group.hidden = false;
  show(root.dataset.theme ?? "");
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-switch] button");
    if (!button) return;
    show(button.value);
    keep(button.value);
  });
  addEventListener("storage", (event) => { if (event.key === "theme") show(event.newValue ?? ""); });
}
