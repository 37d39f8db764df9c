// A list marked `data-follow` keeps what is open in view, without moving the page.
export function enhance(root) {
  for (const list of root.querySelectorAll("[data-follow]")) {
    const entry = list.querySelector("[aria-current]");
    if (!entry) continue;
    const inside = list.getBoundingClientRect(), it = entry.getBoundingClientRect();
    list.scrollTop += it.top - inside.top - (inside.height - it.height) / 2;
    list.scrollLeft += it.left - inside.left - (inside.width - it.width) / 2;
  }
}
