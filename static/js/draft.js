// What is typed outlives a reload, a log-in in this tab and a crash: it is kept, by person and page, until it was sent.

const box = () => document.getElementById("composer-text");
const key = () => `draft ${box().form.dataset.user} ${location.pathname}`;
const sentFrom = new WeakMap();

if (box() && !box().value) {
  box().value = sessionStorage.getItem(key()) ?? "";
  box().dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", (event) => event.target === box() && keep());

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement?.id === "composer") sentFrom.set(ctx, key());
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (!sentFrom.has(ctx) || ctx.response.status >= 400) return;
  sessionStorage.removeItem(sentFrom.get(ctx));
  if (box()) keep();
});

// Whoever logs out leaves nothing behind for the next person at this screen.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-log-out]")) sessionStorage.clear();
});

function keep() {
  if (box().value) sessionStorage.setItem(key(), box().value);
  else sessionStorage.removeItem(key());
}
