// Menus made of <details> close when one clicks elsewhere or presses Escape; dialogs open where the browser cannot do it alone.
const openMenus = () => document.querySelectorAll("details[data-menu][open]");

export function start() {
  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target) || event.target.closest("[popovertarget]")) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  if (!("command" in HTMLButtonElement.prototype)) document.addEventListener("click", openDialog);
}

function openDialog(event) {
  const button = event.target.closest('button[command="show-modal"]');
  if (button) document.getElementById(button.getAttribute("commandfor"))?.showModal();
}
