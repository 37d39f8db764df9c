// The undo strip counts down. It counts from when it arrived, so a wrong clock on this machine does no harm.
function run(strip) {
  const bar = strip.querySelector("progress");
  const words = strip.querySelector(".left");
  const ends = performance.now() + Number(strip.dataset.undoSeconds) * 1000;
  bar.hidden = false;

  function tick() {
    if (!strip.isConnected) return;
    const left = Math.max(0, (ends - performance.now()) / 1000);
    bar.value = left;
    words.textContent = left ? `${Math.ceil(left)} s` : "final";
    if (left) setTimeout(tick, 250);
    else for (const button of strip.querySelectorAll("button")) button.disabled = true;
  }
  tick();
}

export function enhance(root) {
  const strips = [...root.querySelectorAll("[data-undo-seconds]")];
  if (root.matches?.("[data-undo-seconds]")) strips.push(root);
  for (const strip of strips) {
    if ("running" in strip.dataset) continue;
    strip.dataset.running = "";
    run(strip);
  }
}
