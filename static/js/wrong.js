// A request that got no answer, or an error page that does not say where it belongs: `template[data-wrong]` in the
// nearest element around what asked has the words, and names the element that shows them.

const ELSEWHERE = "[hx-sse\\:connect], [data-read]"; // scripts of their own see to these
const UNASKED = "[data-renew], [data-looks-again]"; // nobody waits for it

document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  const template = templateFor(ctx.sourceElement);
  const said = ctx.hx.retarget && template?.dataset.only === undefined;
  if (ctx.response.status < 400 || said || ctx.sourceElement?.matches(ELSEWHERE)) return;
  event.preventDefault();
  say(template, ctx.response.status === 404 ? "gone" : "refused");
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx && !ctx.sourceElement?.matches(ELSEWHERE)) say(templateFor(ctx.sourceElement), "lost");
});

function templateFor(element) {
  if (element?.matches(UNASKED)) return null;
  const part = element?.closest(":has(> template[data-wrong])");
  return part?.querySelector(":scope > template[data-wrong]");
}

function say(template, what) {
  if (!template) return;
  const words = template.content.cloneNode(true);
  words.querySelector("span").textContent = template.dataset[what];
  document.getElementById(template.dataset.wrong)?.replaceChildren(words);
}
