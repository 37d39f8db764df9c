// A text field marked `data-chooser` finds one row of a long table while one types: a combobox, as ARIA 1.2 has it.
// The address it names answers with the rows that match. Its text is what is sent; without script the server finds the row.
import { announce } from "./announce.js";

const PAUSE = 150;  // milliseconds after a key before the portal is asked
const FAILED = "The list cannot be loaded right now. Type the reference, or try again.";

export function enhance(root) {
  for (const input of root.querySelectorAll("input[data-chooser]:not([role])")) new Chooser(input);
}

class Chooser {
  constructor(input) {
    this.input = input;
    const isWrong = input.matches('[aria-invalid="true"]');
    this.chosen = isWrong ? "" : input.value;  // at first or since: opened over it, the list shows all
    this.active = null;           // the row that Enter takes
    this.wait = null;             // for more keys
    this.asked = null;            // the question that is under way
    this.takesFirst = false;      // Enter was pressed before the rows were there
    this.popup = Object.assign(document.createElement("div"), { className: "popup", hidden: true });
    input.after(this.popup);
    this.set({ role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-expanded": "false" });
    input.addEventListener("focus", () => input.select());
    input.addEventListener("blur", () => this.close());
    input.addEventListener("click", () => { if (!this.isOpen) this.look(); });
    input.addEventListener("input", (event) => { if (event.isTrusted) this.typed(event); });
    input.addEventListener("keydown", (event) => this.pressed(event));
    this.popup.addEventListener("mousedown", (event) => event.preventDefault());  // the field keeps the focus
    this.popup.addEventListener("click", ({ target }) => this.choose(target.closest("[role=option]")));
  }

  get isOpen() { return !this.popup.hidden; }
  get isAsking() { return Boolean(this.wait ?? this.asked); }
  get options() { return [...this.popup.querySelectorAll("[role=option]")]; }

  set(attributes) {
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
  }

  // Words that are still searched with are no choice yet, and nothing else on the page goes by them.
  typed(event) {
    event.stopPropagation();
    this.stop();
    this.wait = setTimeout(() => this.look(), PAUSE);
  }

  async look(comesFrom = 1) {
    this.stop();
    const { value, dataset } = this.input;
    const words = value === this.chosen ? "" : value.trim();
    const asked = this.asked = new AbortController();
    try {
      const answer = await fetch(`${dataset.chooser}?${new URLSearchParams({ q: words })}`, { signal: asked.signal, redirect: "error" });
      if (!answer.ok) throw new Error(answer.statusText);
      this.show(await answer.text());
    } catch {
      if (asked.signal.aborted) return;
      this.show("");
      this.popup.append(Object.assign(document.createElement("p"), { className: "note", textContent: FAILED }));
    }
    this.asked = null;
    const { options } = this;
    announce(this.popup.querySelector(".note")?.textContent ?? `${options.length} found.`);
    const { takesFirst } = this;
    this.takesFirst = false;
    if (takesFirst && words) this.choose(options[0]);
    else if (words) this.activate(options[0]);
    else this.activate(options.find((option) => option.dataset.text === value) ?? (comesFrom < 0 ? options.at(-1) : null));
  }

  show(html) {
    this.popup.innerHTML = html;
    this.popup.hidden = false;
    this.active = null;
    const list = this.popup.querySelector("[role=listbox]");
    this.options.forEach((option, number) => { option.id = `${this.input.id}-choice-${number}`; });
    this.set({ "aria-expanded": String(Boolean(list)) });
    this.input.removeAttribute("aria-controls");
    if (list) {
      list.id = `${this.input.id}-choices`;
      this.set({ "aria-controls": list.id });
    }
    this.popup.classList.remove("from-end");
    this.popup.classList.toggle("from-end", this.popup.getBoundingClientRect().right > document.documentElement.clientWidth);
    this.popup.scrollIntoView({ block: "nearest" });  // a phone's screen ends soon under the field
  }

  activate(option) {
    this.active?.setAttribute("aria-selected", "false");
    this.active = option ?? null;
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.set({ "aria-activedescendant": option.id });
  }

  step(by) {
    const { options } = this;
    const place = options.indexOf(this.active);
    this.activate(options.at(place < 0 && by < 0 ? -1 : (place + by) % options.length));
  }

  pressed(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const does = {
      ArrowDown: () => (this.isOpen ? this.step(1) : this.look(1)),
      ArrowUp: () => (this.isOpen ? this.step(-1) : this.look(-1)),
      Enter: () => this.entered(),
      Escape: () => this.close(),
    }[event.key];
    const isFree = event.key === "Escape" ? !this.isOpen && !this.isAsking : event.key === "Enter" && this.enterIsFree;
    if (event.key === "Tab" && this.isOpen && this.active) this.choose(this.active);
    if (!does || isFree) return;
    event.preventDefault();
    event.stopPropagation();
    does();
  }

  // As with a list, Enter sends nothing that makes or spends; it goes on to a search with what is chosen.
  get enterIsFree() { return !this.isOpen && !this.isAsking && this.input.form?.method === "get"; }

  entered() {
    if (this.isAsking) this.takesFirst = true;
    else if (this.active) this.choose(this.active);
    else if (!this.isOpen) this.look();
  }

  choose(option) {
    if (!option) return;
    const { text } = option.dataset;
    const isNew = this.input.value !== text;
    this.input.value = this.chosen = text;
    this.close();
    if (!isNew) return;
    for (const name of ["input", "change"]) this.input.dispatchEvent(new Event(name, { bubbles: true }));
  }

  stop() {
    clearTimeout(this.wait);
    this.asked?.abort();
    this.wait = this.asked = null;
  }

  close() {
    this.stop();
    this.takesFirst = false;
    this.popup.hidden = true;
    this.popup.replaceChildren();
    this.activate(null);
    this.input.removeAttribute("aria-controls");
    this.set({ "aria-expanded": "false" });
  }
}
