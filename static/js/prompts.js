// A slash at the beginning of a message opens the list of saved prompts; the chosen one's text takes its place.

const CALL = /^\/([\p{L}\p{N}_-]*)(?=\s|$)/u;
const BLANK = /\{\{[^{}\n]+\}\}/g;

let choices = null; // promised for as long as a call stands in the box
let dismissed = false;
let filling = false; // the box holds a prompt whose blanks Tab leads to

const box = () => document.getElementById("composer-text");
const list = () => document.getElementById("prompt-choices");
const shown = () => [...list().querySelectorAll("[role=option]:not([hidden])")];
const active = () => list().querySelector("[aria-selected=true]");

function called() {
  const call = box().value.match(CALL);
  return call && box().selectionEnd <= call[0].length ? call : null;
}

document.addEventListener("input", (event) => {
  if (event.target !== box()) return;
  if (!box().value) filling = false;
  if (!called()) {
    choices = null;
    dismissed = false;
  }
  offer();
});

async function offer() {
  if (!called() || dismissed) return close();
  const promised = (choices ??= load());
  const options = await promised;
  if (promised !== choices || !called() || dismissed) return;
  choices.here = true;
  if (list().dataset.filled !== "true") {
    list().innerHTML = options;
    list().dataset.filled = "true";
  }
  narrow(called()[1].normalize("NFC").toLowerCase());
}

async function load() {
  list().dataset.filled = "false";
  try {
    const answer = await fetch(list().dataset.source, { headers: { "HX-Request": "true" } });
    return answer.ok ? await answer.text() : "";
  } catch {
    return "";
  }
}

function narrow(word) {
  const all = [...list().querySelectorAll("[role=option]")];
  const begin = all.filter((option) => option.dataset.name.startsWith(word));
  const found = begin.length ? begin : all.filter((option) => option.dataset.name.includes(word));
  for (const option of all) option.hidden = !found.includes(option);
  if (!found.length) return close();
  list().hidden = false;
  box().setAttribute("aria-autocomplete", "list");
  box().setAttribute("aria-controls", list().id);
  tell(`${found.length} ${found.length === 1 ? "prompt" : "prompts"}`);
  activate(found.includes(active()) ? active() : found[0]);
}

function activate(option) {
  for (const other of list().children) other.setAttribute("aria-selected", String(other === option));
  box().setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function close() {
  if (!list() || list().hidden) return;
  list().hidden = true;
  tell("");
  for (const name of ["autocomplete", "controls", "activedescendant"]) box().removeAttribute(`aria-${name}`);
}

function tell(text) {
  document.getElementById("prompt-status").textContent = text;
}

// Before the composer's own keys: Enter chooses while the list is open, and waits while it is on its way.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.target !== box() || event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!list().hidden) return inList(event);
    if (event.key === "Enter" && !event.shiftKey && called() && choices && !choices.here && !dismissed) {
      take(event);
      choices.then(() => setTimeout(() => (list().hidden ? send() : choose(active()))));
    } else if (event.key === "Tab" && filling && toBlank(event.shiftKey)) take(event);
  },
  true,
);

function inList(event) {
  const options = shown();
  const at = options.indexOf(active());
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) activate(options[(at + step + options.length) % options.length]);
  else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) choose(active());
  else if (event.key === "Escape") {
    dismissed = true;
    close();
  } else return;
  take(event);
}

function take(event) {
  event.preventDefault();
  event.stopPropagation();
}

function send() {
  const button = box().form.querySelector("[data-send]");
  if (button && !button.disabled) box().form.requestSubmit(button);
}

// The box keeps the focus, and its caret, while the mouse is in the list.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest?.("#prompt-choices")) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const option = event.target.closest?.("#prompt-choices [role=option]");
  if (option) choose(option);
});

document.addEventListener("focusout", (event) => event.target === box() && close());

async function choose(option) {
  const call = called();
  close();
  choices = null;
  const answer = await fetch(option.dataset.text, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || !call || box()?.value.match(CALL)?.[0] !== call[0]) return;
  const text = await answer.text();
  box().setSelectionRange(0, call[0].length);
  // Undo brings the call back; where that is not to be had the text comes all the same.
  if (!document.execCommand("insertText", false, text)) box().setRangeText(text, 0, call[0].length, "end");
  box().dispatchEvent(new Event("input", { bubbles: true }));
  fill();
}

function fill() {
  filling = true;
  const end = box().selectionEnd;
  box().setSelectionRange(0, 0);
  if (!toBlank(false)) box().setSelectionRange(end, end);
}

/** Select the blank after the caret, or before it; false when there is none. */
function toBlank(backwards) {
  const blanks = [...box().value.matchAll(BLANK)];
  const blank = backwards
    ? blanks.findLast((found) => found.index < box().selectionStart)
    : blanks.find((found) => found.index >= box().selectionEnd);
  if (!blank) return false;
  box().setSelectionRange(blank.index, blank.index + blank[0].length);
  return true;
}

// A prompt that was sent by its name comes back with its text when blanks are to be filled in.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.sourceElement?.id !== "composer" || ctx.response?.status !== 422 || !box().defaultValue) return;
  box().focus();
  fill();
});
