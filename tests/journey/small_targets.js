// What a finger would miss: everything that can be pressed and is smaller than 24 by 24 pixels (WCAG 2.5.8), as HTML.
// A link among the words of a sentence may be as high as its line.
() => {
  const LEAST = 24;
  const PRESSED = "a[href], button, input:not([type=hidden]), select, textarea, summary";

  const isShown = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && !element.closest(".hidden-text, .skip");
  const words = (element) => element.textContent.replace(/\s+/g, " ").trim();
  const isInline = (element) => getComputedStyle(element).display === "inline";

  const isInASentence = (element) => {
    let block = element.parentElement;
    while (isInline(block)) block = block.parentElement;
    return isInline(element) && words(block).length > words(element).length;
  };

  // A card's link may cover its card, and a box is pressed by its label.
  const areas = (element) => {
    const covers = getComputedStyle(element, "::after").position === "absolute";
    return [covers ? element.offsetParent : element, ...(element.labels ?? [])].map((each) => each.getBoundingClientRect());
  };
  const isLargeEnough = ({ width, height }) => Math.round(width) >= LEAST && Math.round(height) >= LEAST;

  return [...document.querySelectorAll(PRESSED)]
    .filter((element) => isShown(element) && !isInASentence(element) && !areas(element).some(isLargeEnough))
    .map((element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 160));
}
