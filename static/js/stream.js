// The event streams of open replies: connect when first shown, say when a connection is lost, give up on a 404.

const LOST = "Connection lost. Trying again…";
const GONE = "This reply can no longer be followed. Reload the page to see where it stands.";
const started = new WeakSet();
const gone = new WeakSet();
const before = new WeakMap();

const isStream = (element) => element?.hasAttribute?.("hx-sse:connect");
const statusOf = (stream) => document.getElementById(`${stream.id}-status`);

document.addEventListener("htmx:config:request", (event) => {
  const stream = event.detail.ctx.sourceElement;
  if (!isStream(stream)) return;
  if (document.hidden || started.has(stream) || gone.has(stream)) event.preventDefault();
  else started.add(stream);
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.querySelectorAll("[hx-sse\\:connect]").forEach(connect);
});

// Reached only by answers that are no event stream: the extension takes the others over.
document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (!isStream(ctx.sourceElement)) return;
  event.preventDefault();
  if (ctx.response.status === 404) giveUp(ctx.sourceElement);
  else tryAgain(ctx.sourceElement);
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (isStream(ctx?.sourceElement)) tryAgain(ctx.sourceElement);
});

document.addEventListener("htmx:sse:error", ({ target, detail }) => {
  if (detail.status === 404) giveUp(target);
  else lost(target);
});

// The extension would go on for ever; a cancelled connection is how it is told to end.
document.addEventListener("htmx:sse:before:connection", (event) => {
  if (gone.has(event.target)) event.preventDefault();
});

document.addEventListener("htmx:sse:after:connection", ({ target }) => {
  const status = statusOf(target);
  if (status?.textContent === LOST) status.innerHTML = before.get(target) ?? "";
});

function connect(stream) {
  if (stream.isConnected) stream.dispatchEvent(new CustomEvent("parley:shown"));
}

function tryAgain(stream) {
  lost(stream);
  started.delete(stream);
  setTimeout(connect, 2000, stream);
}

function lost(stream) {
  const status = statusOf(stream);
  if (!status || status.textContent === LOST) return;
  before.set(stream, status.innerHTML);
  status.textContent = LOST;
}

function giveUp(stream) {
  gone.add(stream);
  stream.closest("article")?.setAttribute("aria-busy", "false");
  const status = statusOf(stream);
  if (status) status.textContent = GONE;
}
