// In a new chat the settings are sent with the first message: Enter in one of them goes back to the box, and sends nothing.

document.addEventListener("keydown", (event) => {
  const { target } = event;
  if (event.key !== "Enter" || !target.matches?.("#settings input") || target.form?.id !== "composer") return;
  event.preventDefault();
  document.getElementById("settings").hidePopover();
  document.getElementById("composer-text").focus();
});
