// A picture that the portal had no turn for (503) comes a little later, without anybody reloading the page.
const TRIES = 6;
const SOON = 2;

const left = new WeakMap(); // picture -> how often it is still asked for; one that cannot be drawn is not asked for ever

export function start() {
  // The event does not bubble.
  document.addEventListener("error", ({ target }) => { if (isOurs(target)) comeBack(target); }, true);
}

export function enhance(root) {
  for (const picture of root.querySelectorAll("img")) {
    if (isOurs(picture) && picture.complete && !picture.naturalWidth) comeBack(picture);
  }
}

const isOurs = (element) =>
  element instanceof HTMLImageElement && element.currentSrc.startsWith(`${location.origin}/`) && !("waits" in element.dataset);

async function comeBack(picture) {
  const address = picture.currentSrc;
  picture.dataset.waits = "";
  for (let seconds = SOON; seconds > 0 && (left.get(picture) ?? TRIES) > 0;) {
    left.set(picture, (left.get(picture) ?? TRIES) - 1);
    await new Promise((goOn) => { setTimeout(goOn, seconds * 1000); });
    if (!picture.isConnected || picture.currentSrc !== address) break;
    seconds = await secondsToWait(address);
    if (seconds === 0) picture.src = address;
  }
  delete picture.dataset.waits;
}

// 0: it can be shown now. NaN: waiting will not help.
async function secondsToWait(address) {
  try {
    const answer = await fetch(address);
    return answer.ok ? 0 : parseInt(answer.status === 503 ? answer.headers.get("Retry-After") : "", 10);
  } catch {
    return SOON;
  }
}
