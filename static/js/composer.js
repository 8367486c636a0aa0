// The message form: Enter sends, the draft survives whatever goes wrong, the box grows.

const sent = new WeakMap();

const isComposer = (element) => element?.id === "composer";
const draft = () => document.getElementById("composer-text");

document.addEventListener("keydown", (event) => {
  // keyCode 229: Safari ends a composition before the Enter that confirmed it.
  if (event.target.id !== "composer-text" || event.key !== "Enter" || event.shiftKey) return;
  if (event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  const send = event.target.form.querySelector("[data-send]");
  if (send && !send.disabled && event.target.value.trim()) event.target.form.requestSubmit(send);
});

document.addEventListener(
  "submit",
  (event) => {
    const stopping = event.submitter?.hasAttribute("formaction");
    if (isComposer(event.target) && !stopping && !draft().value.trim()) {
      event.preventDefault();
      event.stopImmediatePropagation();
      draft().focus();
    }
  },
  true,
);

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (!isComposer(ctx.sourceElement)) return;
  sent.set(ctx, draft().value);
  document.getElementById("composer-notice").replaceChildren();
  document.querySelector("[data-scroller]").scrollTop = 0;
});

// The answer to a first send replaces the form too: what was typed meanwhile moves into the new one.
document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  if (sent.has(ctx)) ctx.typed = draft().value;
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (!sent.has(ctx) || ctx.response.status >= 400 || !draft()) return;
  draft().value = ctx.typed === sent.get(ctx) ? "" : ctx.typed;
  grow();
});

function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  draft().style.blockSize = "auto";
  draft().style.blockSize = `${draft().scrollHeight}px`;
}

document.addEventListener("input", (event) => event.target.id === "composer-text" && grow());

// A starter's text is to be gone on with.
draft()?.setSelectionRange(draft().value.length, draft().value.length);

// Stop and Regenerate vanish under the finger that pressed them: the box is where one goes on.
document.addEventListener("htmx:after:swap", () => {
  if (document.activeElement === document.body && matchMedia("(pointer: fine)").matches) draft()?.focus();
});
