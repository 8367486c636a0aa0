// [data-leaf] names the last message that is shown, whatever has been sent since the page was loaded.

document.addEventListener(
  "submit",
  (event) => {
    const field = event.target.querySelector("[data-leaf]");
    const last = document.querySelector("#messages > article:last-of-type");
    if (field && last) field.value = last.id.replace("message-", "");
  },
  { capture: true },
);
