// A file input that also takes what is dropped on it or pasted, and says what it holds.
const sizeOf = (bytes) => (bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

function show(zone) {
  const chosen = zone.querySelector(".chosen");
  chosen.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
  chosen.replaceChildren(...[...zone.querySelector("input[type=file]").files].map(line));
}

function line(file) {
  const item = document.createElement("li");
  if (/^image\/(png|jpeg|webp|avif|gif)$/.test(file.type)) {
    const image = new Image();
    image.alt = "";
    image.src = URL.createObjectURL(file);
    item.append(image);
  }
  item.append(`${file.name} · ${sizeOf(file.size)}`);
  return item;
}

function take(zone, files) {
  const input = zone.querySelector("input[type=file]");
  const transfer = new DataTransfer();
  for (const file of [...files].slice(0, input.multiple ? files.length : 1)) transfer.items.add(file);
  input.files = transfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

export function start() {
  document.addEventListener("change", (event) => {
    const zone = event.target.closest("[data-dropzone]");
    if (zone) show(zone);
  });
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
