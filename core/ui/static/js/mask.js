// Paint over the part of a picture that may change. The mask goes into a hidden field: clear where it is painted.
const LONGEST = 1024;
const COLOR = "#c2410c";

class Painter {
  constructor(root) {
    this.root = root;
    this.canvas = root.querySelector("[data-canvas]");
    this.field = root.querySelector("[data-mask]");
    this.said = root.querySelector("[data-said]");
    this.marks = [];
    this.tool = "brush";
    const image = root.querySelector(".stage img");
    const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
    this.canvas.width = Math.round(image.getAttribute("width") * scale);
    this.canvas.height = Math.round(image.getAttribute("height") * scale);
    this.pen = this.canvas.getContext("2d", { willReadFrequently: true });
    this.canvas.hidden = root.querySelector("[data-tools]").hidden = root.querySelector("[data-box]").hidden = false;
    this.listen();
    this.begin();
  }

  listen() {
    this.canvas.addEventListener("pointerdown", (event) => this.down(event));
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const type of ["pointerup", "pointercancel"]) this.canvas.addEventListener(type, () => this.up());
    this.root.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button?.dataset.tool) this.choose(button.dataset.tool);
      if (button?.matches("[data-undo]")) this.undo();
      if (button?.matches("[data-clear]")) this.add({ clears: true });
      if (button?.matches("[data-box]")) this.box();
    });
  }

  // What the page came with: a mask that was painted before it was sent and came back.
  async begin() {
    if (!this.field.value) return;
    const bytes = Uint8Array.from(atob(this.field.value), (letter) => letter.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    this.marks.unshift({ picture });
    this.draw();
  }

  choose(tool) {
    this.tool = tool;
    for (const button of this.root.querySelectorAll("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    }
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const scale = this.canvas.width / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  }

  down(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    const width = (this.root.querySelector("[data-size]").value / 100) * this.canvas.width;
    this.stroke = { points: [this.at(event)], erases: this.tool === "erase", width };
    this.marks.push(this.stroke);
    this.draw();
  }

  move(event) {
    if (!this.stroke) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) this.stroke.points.push(this.at(each));
    this.draw();
  }

  up() {
    if (!this.stroke) return;
    this.stroke = null;
    this.keep();
  }

  add(mark) {
    this.marks.push(mark);
    this.draw();
    this.keep();
  }

  undo() {
    this.marks.pop();
    this.draw();
    this.keep();
  }

  box() {
    const inputs = [...this.root.querySelectorAll(".corners input")];
    const [left, top, width, height] = inputs.map((input) => Number(input.value));
    if (!(width > 0 && height > 0) || left + width > 100 || top + height > 100) {
      this.say("The rectangle must lie inside the picture");
      return;
    }
    this.add({ box: [left, top, width, height].map((side) => side / 100) });
    for (const input of inputs) input.value = "";
  }

  draw() {
    const { pen, canvas } = this;
    pen.globalCompositeOperation = "source-over";
    pen.clearRect(0, 0, canvas.width, canvas.height);
    for (const mark of this.marks) this.put(mark);
    this.root.querySelector("[data-undo]").disabled = this.root.querySelector("[data-clear]").disabled = !this.marks.length;
  }

  put(mark) {
    const { pen, canvas } = this;
    pen.globalCompositeOperation = mark.erases ? "destination-out" : "source-over";
    pen.fillStyle = pen.strokeStyle = COLOR;
    if (mark.clears) pen.clearRect(0, 0, canvas.width, canvas.height);
    if (mark.box) {
      const [left, top, width, height] = mark.box;
      pen.fillRect(left * canvas.width, top * canvas.height, width * canvas.width, height * canvas.height);
    }
    if (mark.picture) {
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.globalCompositeOperation = "destination-out";
      pen.drawImage(mark.picture, 0, 0, canvas.width, canvas.height);
    }
    if (mark.points) {
      Object.assign(pen, { lineWidth: mark.width, lineCap: "round", lineJoin: "round" });
      pen.beginPath();
      pen.moveTo(...mark.points[0]);
      for (const point of mark.points) pen.lineTo(...point);
      pen.stroke();
    }
  }

  // The mask as it will go out, and how much of the picture it leaves open.
  keep() {
    const share = this.share();
    this.say(share ? `${Math.max(1, Math.round(share * 100))} % of the picture can change` : "Nothing marked. The whole picture can change");
    this.field.value = share ? this.mask() : "";
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  share() {
    const { data } = this.pen.getImageData(0, 0, this.canvas.width, this.canvas.height);
    let open = 0;
    for (let place = 3; place < data.length; place += 4) open += data[place] > 127;
    return open / (data.length / 4);
  }

  mask() {
    const sheet = document.createElement("canvas");
    Object.assign(sheet, { width: this.canvas.width, height: this.canvas.height });
    const pen = sheet.getContext("2d");
    pen.fillRect(0, 0, sheet.width, sheet.height);
    pen.globalCompositeOperation = "destination-out";
    pen.drawImage(this.canvas, 0, 0);
    return sheet.toDataURL("image/png").split(",")[1];
  }

  say(words) {
    this.said.textContent = words;
  }
}

export function enhance(root) {
  for (const painter of root.querySelectorAll("[data-painter]")) painter.painter ??= new Painter(painter);
}
