// What looks again by itself does so only while somebody can see it.

document.addEventListener("htmx:before:request", (event) => {
  if (document.hidden && event.detail.ctx.sourceElement?.matches("[data-looks-again]")) event.preventDefault();
});
