// Compare: side by side, one slider over both, or taking turns; which is on which side; and both at 100 %, moved together.
const MODES = ["side", "slider", "flicker"];
const PACE = 700;
const STEP = 6;
const kept = { mode: "side", zoomed: false };

function setMode(compare, mode) {
  compare.dataset.mode = mode;
  if ("keeps" in compare.dataset) kept.mode = mode;
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

function zoom(compare, zoomed) {
  compare.toggleAttribute("data-zoomed", zoomed);
  if ("keeps" in compare.dataset) kept.zoomed = zoomed;
  compare.querySelector("[data-zoom-in]").setAttribute("aria-pressed", String(zoomed));
  for (const image of compare.querySelectorAll("img")) {
    image.style.setProperty("--natural", `${image.naturalWidth / devicePixelRatio}px`);
  }
  for (const cell of compare.querySelectorAll(".cell")) cell.tabIndex = zoomed ? 0 : -1;
  pan(compare, 0, 0);
}

// Where both are, in percent of each picture, so that the same place is seen of pictures of different sizes.
function pan(compare, x, y) {
  const within = (value) => Math.max(-50, Math.min(50, value));
  compare.at = [within(x), within(y)];
  compare.style.setProperty("--x", `${compare.at[0]}%`);
  compare.style.setProperty("--y", `${compare.at[1]}%`);
}

function drag(event) {
  const compare = event.target.closest?.("[data-compare][data-zoomed]");
  const image = event.target.closest?.(".cell")?.querySelector("img");
  if (!compare || !image || event.button !== 0) return;
  event.preventDefault();
  const [x, y] = compare.at;
  const follow = (moved) => {
    pan(compare, x + ((moved.clientX - event.clientX) / image.width) * 100, y + ((moved.clientY - event.clientY) / image.height) * 100);
  };
  const end = () => document.removeEventListener("pointermove", follow);
  document.addEventListener("pointermove", follow);
  document.addEventListener("pointerup", end, { once: true });
}

// Arrows move what is zoomed while it has the focus; elsewhere they are the page's.
function nudge(event) {
  const cell = event.target.closest?.("[data-compare][data-zoomed] .cell");
  const way = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key];
  if (!cell || !way) return;
  event.preventDefault();
  const compare = cell.closest("[data-compare]");
  pan(compare, compare.at[0] + way[0], compare.at[1] + way[1]);
}

export function enhance(root) {
  for (const modes of root.querySelectorAll("[data-compare] > .modes")) modes.hidden = false;
  for (const compare of root.querySelectorAll("[data-compare][data-keeps]")) {
    setMode(compare, kept.mode);
    if (kept.zoomed) for (const image of compare.querySelectorAll("img")) image.decode().then(() => zoom(compare, true), () => {});
  }
}

export function start() {
  document.addEventListener("click", (event) => {
    const compare = event.target.closest("[data-compare]");
    if (!compare) return;
    const button = event.target.closest("button");
    if (button?.matches(".segmented button")) setMode(compare, button.value);
    if (button?.matches("[data-swap]")) swap(compare);
    if (button?.matches("[data-zoom-in]")) zoom(compare, !("zoomed" in compare.dataset));
    if (button?.matches("[data-next-mode]")) setMode(compare, MODES[(MODES.indexOf(compare.dataset.mode) + 1) % MODES.length]);
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-compare] .cut")) {
      event.target.closest("[data-compare]").style.setProperty("--cut", `${event.target.value}%`);
    }
  });
  document.addEventListener("pointerdown", drag);
  document.addEventListener("keydown", nudge, { capture: true });
}
