// A file input that also takes what is dropped on it or pasted, and lists what it holds. Where it takes several files,
// each choice adds to them; each can be taken out again, or another put in its place.
import { announce } from "./announce.js";

const held = new WeakMap();   // input -> its files; the browser's own list holds those of the last choice alone
const lines = new WeakMap();  // file -> its line
const sizeOf = (bytes) => (bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
const isSame = (one, other) => ["name", "size", "lastModified"].every((key) => one[key] === other[key]);
const inputOf = (zone) => zone.querySelector("input[type=file]");

export const filesOf = (zone) => held.get(inputOf(zone)) ?? [];
export const lineOf = (file) => lines.get(file);
export const listOf = (zone) => zone.querySelector(".chosen");
const fileOf = (zone, item) => filesOf(zone).find((file) => lineOf(file) === item);

// The line of a file that the portal has taken stays; the input no longer holds it.
export function isTaken(zone, file) {
  lineOf(file).classList.add("taken");
  hold(zone, filesOf(zone).filter((each) => each !== file));
}

export function button(label, does) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.textContent = label;
  made.dataset.does = does;
  return made;
}

function hold(zone, files) {
  const input = inputOf(zone), transfer = new DataTransfer(), list = listOf(zone);
  held.set(input, files);
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files;
  for (const item of [...list.children]) {
    if (!item.classList.contains("taken") && !fileOf(zone, item)) {
      item.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
      item.remove();
    }
  }
  list.append(...files.filter((file) => !lineOf(file)?.isConnected).map(line));
  const most = Number(input.dataset.most ?? Infinity), many = files.length;
  input.setCustomValidity(input.multiple && many > most
    ? `Upload up to ${most} pictures at once. You chose ${many}. Take out ${many - most}.` : "");
}

function line(file) {
  const item = document.createElement("li"), name = document.createElement("span"), acts = document.createElement("span");
  name.className = "name";
  name.textContent = `${file.name} · ${sizeOf(file.size)}`;
  acts.className = "row";
  const out = button("Remove", "remove");
  out.setAttribute("aria-label", `Remove ${file.name}`);
  acts.append(out);
  if (/^image\/(png|jpeg|webp|avif|gif)$/.test(file.type)) {
    const image = new Image();
    image.alt = "";
    image.src = URL.createObjectURL(file);
    image.addEventListener("error", () => image.remove());  // it is no picture, or a broken one
    item.append(image);
  }
  item.append(name, acts);
  lines.set(file, item);
  return item;
}

function take(zone, files) {
  const input = inputOf(zone), transfer = new DataTransfer();
  for (const file of [...files].slice(0, input.multiple ? files.length : 1)) transfer.items.add(file);
  input.files = transfer.files;
  for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
}

function chosen({ target }) {
  const zone = target.closest("[data-dropzone]");
  if (!zone) return;
  const before = filesOf(zone), added = [...target.files].filter((file) => !before.some((each) => isSame(each, file)));
  hold(zone, target.multiple ? [...before, ...added] : [...target.files]);
  const many = filesOf(zone).length;
  announce(many === 1 ? `${filesOf(zone)[0].name} is chosen.` : `${many} files are chosen.`);
  if (target.validationMessage && many) target.reportValidity();
}

function remove(zone, item) {
  const file = fileOf(zone, item), near = item.nextElementSibling ?? item.previousElementSibling;
  hold(zone, filesOf(zone).filter((each) => each !== file));
  (near?.querySelector("[data-does=remove]") ?? inputOf(zone)).focus();
  announce(`${file.name} was taken out.`);
}

// Asks for the file that takes the place of one that was refused.
function replace(zone, item) {
  const picker = document.createElement("input"), old = fileOf(zone, item);
  picker.type = "file";
  picker.accept = inputOf(zone).accept;
  picker.addEventListener("change", () => {
    const [file] = picker.files;
    if (!file || !filesOf(zone).includes(old)) return;
    const fresh = line(file);
    item.before(fresh);
    hold(zone, filesOf(zone).map((each) => (each === old ? file : each)));
    fresh.dispatchEvent(new CustomEvent("replaced", { bubbles: true, detail: file }));
  });
  picker.click();
}

function clicked({ target }) {
  const pressed = target.closest("[data-does]"), zone = target.closest("[data-dropzone]"), item = target.closest("li");
  if (!pressed || !zone || !item || pressed.ariaDisabled === "true") return;
  if (pressed.dataset.does === "remove") remove(zone, item);
  if (pressed.dataset.does === "replace") replace(zone, item);
}

export function start() {
  document.addEventListener("change", chosen);
  document.addEventListener("click", clicked);
  for (const type of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(type, (event) => {
      const zone = event.target.closest?.("[data-dropzone]");
      if (!zone) return;
      event.preventDefault();
      zone.classList.toggle("over", type === "dragover");
      if (type === "drop" && event.dataTransfer.files.length) take(zone, event.dataTransfer.files);
    });
  }
  document.addEventListener("paste", (event) => {
    const zone = document.querySelector("[data-dropzone]");
    if (zone && event.clipboardData.files.length) take(zone, event.clipboardData.files);
  });
}
