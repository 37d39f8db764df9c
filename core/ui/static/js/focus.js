// After htmx swaps a region, focus goes to its new heading or to what is wrong in it, so that whoever reads follows.
export function start() {
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    const { elt } = detail;
    if (elt.id === "messages") elt.scrollIntoView({ block: "nearest" });
    const wrong = () => elt.querySelector('[aria-invalid="true"]') ?? elt.querySelector(".notice");
    const place = elt.querySelector("[data-focus]") ?? (elt.id === "content" ? wrong() : null);
    if (!place) return;
    if (!place.matches("input, select, textarea")) place.tabIndex = -1;
    place.focus({ preventScroll: false });
  });
}
