// Compare: side by side, one slider over both, or taking turns; and which picture is on which side.
const MODES = ["side", "slider", "flicker"];
const PACE = 700;

function setMode(compare, mode) {
  compare.dataset.mode = mode;
  for (const button of compare.querySelectorAll(".modes .segmented button")) {
    button.setAttribute("aria-pressed", String(button.value === mode));
  }
  compare.querySelector(".cut").hidden = mode !== "slider";
  compare.querySelector(".second").classList.remove("away");
  clearInterval(compare.turns);
  if (mode === "flicker") compare.turns = setInterval(() => turn(compare), PACE);
}

function turn(compare) {
  if (compare.isConnected) compare.querySelector(".second").classList.toggle("away");
  else clearInterval(compare.turns);
}

function swap(compare) {
  const [first, second] = compare.querySelectorAll(".picture");
  first.classList.replace("first", "second");
  second.classList.replace("second", "first");
  second.after(first);
  setMode(compare, compare.dataset.mode);
}

export function enhance(root) {
  for (const modes of root.querySelectorAll("[data-compare] > .modes")) modes.hidden = false;
}

export function start() {
  document.addEventListener("click", (event) => {
    const compare = event.target.closest("[data-compare]");
    if (!compare) return;
    const button = event.target.closest("button");
    if (button?.matches(".segmented button")) setMode(compare, button.value);
    if (button?.matches("[data-swap]")) swap(compare);
    if (button?.matches("[data-next-mode]")) setMode(compare, MODES[(MODES.indexOf(compare.dataset.mode) + 1) % MODES.length]);
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-compare] .cut")) {
      event.target.closest("[data-compare]").style.setProperty("--cut", `${event.target.value}%`);
    }
  });
}
