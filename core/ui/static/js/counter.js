// Length meters follow what is typed.
function count(field) {
  const input = field.querySelector("input, textarea");
  const length = [...input.value].length;
  field.querySelector("meter").value = length;
  field.querySelector("output").textContent = length;
}

export function enhance(root) {
  for (const field of root.querySelectorAll("[data-counter]")) count(field);
}

export function start() {
  document.addEventListener("input", (event) => {
    const field = event.target.closest("[data-counter]");
    if (field) count(field);
  });
}
