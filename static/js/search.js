// Search as one types: when no answer comes, the list says so. Enter opens the page, which says why.

const box = (ctx) => ctx?.sourceElement?.matches?.("[data-search]") && ctx.sourceElement;

document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (!box(ctx) || ctx.response.status < 400) return;
  event.preventDefault();
  say(box(ctx));
});

document.addEventListener("htmx:error", ({ detail: { ctx, error } }) => {
  if (box(ctx) && error?.name !== "AbortError") say(box(ctx));
});

function say(input) {
  const words = input.form.querySelector("template").content.cloneNode(true);
  document.getElementById("conversations").replaceChildren(words);
}
