// Says something to a screen reader without moving anything on the page.
export function announce(words) {
  const place = document.getElementById("announce");
  if (!place) return;
  place.textContent = "";
  requestAnimationFrame(() => { place.textContent = words; });
}
