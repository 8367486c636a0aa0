// The log: it stays where the reader is while text arrives, and a button leads back to the end.

// In a reversed column scrollTop is 0 at the end and negative above it.
const NEAR = 48;
let top = null;

const scroller = () => document.querySelector("[data-scroller]");
const atEnd = (log) => log.scrollTop > -NEAR;

// The browser keeps the distance to the end; somebody who reads further up wants the distance to the start kept,
// except from what is put before it.
document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  const log = scroller();
  const keeps = log && !atEnd(log) && !ctx.sourceElement?.hasAttribute?.("data-earlier");
  top = keeps ? log.scrollTop + log.scrollHeight : null;
});

document.addEventListener("htmx:after:swap", () => {
  const log = scroller();
  if (log && top !== null) log.scrollTop = top - log.scrollHeight;
  top = null;
});

document.addEventListener(
  "scroll",
  (event) => {
    const button = document.querySelector("[data-to-end]");
    if (button && event.target.matches?.("[data-scroller]")) button.hidden = event.target.scrollTop > -240;
  },
  { capture: true, passive: true },
);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-to-end]")) scroller().scrollTop = 0;
});
