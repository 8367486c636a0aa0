// The form of a message that is edited: Enter sends it, Escape gives it up, as in the box below.

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(".edit");
  if (!form || event.isComposing || event.keyCode === 229) return;
  if (event.key === "Escape") {
    event.preventDefault();
    form.querySelector("a").click();
  } else if (event.key === "Enter" && !event.shiftKey && event.target.matches("textarea")) {
    event.preventDefault();
    if (event.target.value.trim()) form.requestSubmit();
  }
});
