// Whoever goes on typing in a field that somebody else changed means their own words.
export function start() {
  document.addEventListener("input", ({ target }) => {
    const choice = target.name?.replace(/[^-]*$/, "keep_$&");
    const mine = choice && target.form?.querySelector(`[name="${CSS.escape(choice)}"][value="mine"]`);
    if (mine) mine.checked = true;
  });
}
