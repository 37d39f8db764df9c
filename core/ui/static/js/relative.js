// "3 min ago" stays true while the page is open. The steps are those of core/ui/formats.py.
const STEPS = [[60, "min", 60], [3600, "h", 24], [86_400, "day", 14], [604_800, "week", 9], [2_629_800, "month", 24], [31_557_600, "year", Infinity]];

export function relative(moment, now = Date.now()) {
  const seconds = (moment - now) / 1000;
  const far = Math.abs(seconds);
  if (far < 45) return "just now";
  const [size, name] = STEPS.find(([step, , limit]) => Math.max(1, Math.round(far / step)) < limit);
  const amount = Math.max(1, Math.round(far / size));
  const unit = amount === 1 || name === "min" || name === "h" ? name : `${name}s`;
  return seconds > 0 ? `in ${amount} ${unit}` : `${amount} ${unit} ago`;
}

function refresh() {
  for (const hint of document.querySelectorAll("[data-relative]")) {
    hint.textContent = relative(Date.parse(hint.closest("time").dateTime));
  }
}

export function start() { setInterval(refresh, 30_000); }
