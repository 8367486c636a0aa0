// Branches: which one a form means, and the arrows between versions.

// [data-leaf] names the end of the branch that is shown, whatever has been sent since the page was loaded.
document.addEventListener(
  "submit",
  (event) => {
    const field = event.target.querySelector("[data-leaf]");
    const seen = document.querySelector("#composer [name=seen]");
    if (field && seen) field.value = seen.value;
  },
  { capture: true },
);

let pressed = ""; // the id of the arrow that has the focus, which it keeps from version to version

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  pressed = ctx.sourceElement.matches(".versions") ? document.activeElement.id : "";
});

// Where the versions end the arrow is dead: the focus waits on the way back, and does not go to the box.
document.addEventListener("htmx:after:swap", () => {
  const arrow = document.getElementById(pressed);
  pressed = "";
  if (arrow?.disabled) arrow.closest(".versions").querySelector("button:enabled")?.focus();
});
