// Keys: what says `data-key="mod+k"` is used by that key: a field is focused, a popover toggled, all else clicked.

const mac = /^(Mac|iP)/.test(navigator.platform); // where mod is ⌘ instead of Ctrl
const FIELD = "input, textarea, select, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || !event.key) return;
  const name = nameOf(event);
  const element = named(name) ?? besideCurrent(name);
  if (!element || !isFree(name, element, event.target)) return;
  event.preventDefault();
  if (!event.repeat) use(element);
});

// `data-press="?"` stands in for that key.
document.addEventListener("click", ({ target }) => {
  const name = target.closest("[data-press]")?.dataset.press;
  if (name) use(named(name));
});

// Such as "mod+shift+o", "alt+ArrowUp" or "?". Letters are also found where the keyboard writes another alphabet.
function nameOf({ key, code, ctrlKey, metaKey, altKey, shiftKey }) {
  if (mac ? ctrlKey : metaKey) return "";
  const letter = /^[a-z]$/i.test(key) || !/^Key[A-Z]$/.test(code) ? key : code.at(-1);
  const parts = [(mac ? metaKey : ctrlKey) && "mod", altKey && "alt", shiftKey && letter !== "?" && "shift"];
  return [...parts, letter.length === 1 ? letter.toLowerCase() : letter].filter(Boolean).join("+");
}

// Of several the last: the newest message's.
function named(name) {
  const all = [...document.querySelectorAll(`[data-key="${CSS.escape(name)}"]`)];
  return all.findLast((one) => !one.disabled && (one.checkVisibility() || one.closest("[popover]")));
}

// In a list with `data-key-previous` and `data-key-next`: the link before or after the current one.
function besideCurrent(name) {
  const quoted = `"${CSS.escape(name)}"`;
  const list = document.querySelector(`[data-key-previous=${quoted}], [data-key-next=${quoted}]`);
  if (!list) return undefined;
  const all = [...list.querySelectorAll(list.dataset.keyLinks)];
  const links = all.filter((link) => !link.closest("details:not([open])"));
  const current = links.findIndex((link) => link.hasAttribute("aria-current"));
  return links[list.dataset.keyNext === name ? current + 1 : current - 1];
}

// Whether the key means nothing else where it was pressed. A plain key is a field's own, but Escape ends what the
// field's form has begun, and in an empty message box there is nowhere to go up to.
function isFree(name, element, place) {
  if (name === "Escape" && document.querySelector(":popover-open, dialog[open]")) return false;
  if (name.startsWith("Arrow")) return place.matches("#composer-text:placeholder-shown");
  const field = name.includes("+") ? null : place.closest(FIELD);
  return !field || Boolean(field.form?.contains(element));
}

function use(element) {
  for (const open of document.querySelectorAll(":popover-open")) if (!open.contains(element)) open.hidePopover();
  if (element.popover) return element.togglePopover();
  if (!element.matches(FIELD)) return element.click();
  if (!element.checkVisibility()) element.closest("[popover]").showPopover(); // the drawer of a phone
  element.focus();
  if (element.type === "search") element.select();
}

if (mac) for (const sign of document.querySelectorAll("[data-mac]")) sign.textContent = sign.dataset.mac;
