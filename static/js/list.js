// The list of conversations: the menu of an entry, going on at its end, and looking again when one comes back.

const list = () => document.getElementById("conversations");
const menu = () => document.getElementById("entry-menu");
const links = () => [...list().querySelectorAll("li > a")];
const isOpener = (element) => element?.hasAttribute("data-opens-menu");
let opener = ""; // the id of the button that opened the menu
let fromList = false; // whether the answer is that of a form of the list
let goOnAt = -1; // the entry to focus, when the link that has the focus gives way to more of them

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  const source = ctx.sourceElement;
  fromList = Boolean(source.closest("[data-in-list]"));
  goOnAt = source.matches("[data-older]") && source === document.activeElement ? links().length : -1;
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (isOpener(ctx.sourceElement)) open(ctx.sourceElement);
  if (fromList) close();
  if (goOnAt >= 0) links()[goOnAt]?.focus();
  fromList = false;
});

function open(button) {
  opener = button.id;
  if (menu().matches(":popover-open")) menu().hidePopover();
  menu().showPopover({ source: button });
}

// What had the focus is gone with the menu: one goes on at the way back, or where the menu was opened.
function close() {
  if (menu().matches(":popover-open")) menu().hidePopover();
  const next = document.querySelector("#list-notice button") ?? document.getElementById(opener) ?? links()[0];
  next?.focus();
}

// Not under the hands of somebody who is further down in the list, in the middle of it by keyboard, or searching.
document.addEventListener("visibilitychange", () => {
  if (document.hidden || list().scrollTop > 0 || list().matches(":focus-within")) return;
  if (document.querySelector("#sidebar .menu:popover-open, #conversations [data-results]")) return;
  document.querySelector("[data-renew]").dispatchEvent(new CustomEvent("parley:renew"));
});
