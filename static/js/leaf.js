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
