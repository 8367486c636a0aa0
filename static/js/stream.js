// The event streams of open replies: connect when first shown, say when a connection is lost, give up on a 404.

import { take } from "./slots.js";

const LOST = "Connection lost. Trying again…";
const GONE = "This reply can no longer be followed. Reload the page to see where it stands.";
const AGAIN = 2000; // ms

const waiting = new WeakSet(); // for a connection
const slots = new WeakMap(); // of those that have one: how it is given back
const connections = new WeakMap();
const lastIds = new WeakMap();
const leaving = new WeakSet(); // makes room for another tab
const gone = new WeakSet();
const before = new WeakMap();

const isStream = (element) => element?.hasAttribute?.("hx-sse:connect");
const statusOf = (stream) => document.getElementById(`${stream.id}-status`);

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  const stream = ctx.sourceElement;
  if (!isStream(stream)) return;
  if (!slots.has(stream)) {
    event.preventDefault();
    connect(stream);
  } else if (lastIds.has(stream)) ctx.request.headers["Last-Event-ID"] = lastIds.get(stream);
});

document.addEventListener("visibilitychange", () => {
  document.querySelectorAll("[hx-sse\\:connect]").forEach(document.hidden ? disconnected : connect);
});

function connect(stream) {
  if (document.hidden || gone.has(stream) || waiting.has(stream) || slots.has(stream)) return;
  waiting.add(stream);
  take(
    (release) => {
      waiting.delete(stream);
      if (!stream.isConnected || document.hidden || gone.has(stream)) return release();
      slots.set(stream, release);
      stream.dispatchEvent(new CustomEvent("parley:shown"));
    },
    () => {
      leaving.add(stream);
      connections.get(stream)?.reader?.cancel();
    },
  );
}

function disconnected(stream) {
  slots.get(stream)?.();
  slots.delete(stream);
}

document.addEventListener("htmx:sse:close", ({ target }) => {
  const lent = !slots.has(target); // it was hidden, or made room
  disconnected(target);
  if (leaving.delete(target) || (lent && target.isConnected)) connect(target);
});

document.addEventListener("htmx:sse:after:message", ({ target, detail }) => {
  if (detail.message.id) lastIds.set(target, detail.message.id);
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

// The extension would go on for ever, also without a slot; a cancelled connection is how it is told to end.
document.addEventListener("htmx:sse:before:connection", (event) => {
  if (gone.has(event.target) || leaving.has(event.target) || !slots.has(event.target)) event.preventDefault();
});

document.addEventListener("htmx:sse:after:connection", ({ target, detail }) => {
  connections.set(target, detail.connection);
  const status = statusOf(target);
  if (status?.textContent === LOST) status.innerHTML = before.get(target) ?? "";
});

function tryAgain(stream) {
  lost(stream);
  disconnected(stream);
  setTimeout(connect, AGAIN, stream);
}

function lost(stream) {
  const status = statusOf(stream);
  if (!status || status.textContent === LOST) return;
  before.set(stream, status.innerHTML);
  status.textContent = LOST;
}

function giveUp(stream) {
  gone.add(stream);
  disconnected(stream);
  stream.closest("article")?.setAttribute("aria-busy", "false");
  const status = statusOf(stream);
  if (status) status.textContent = GONE;
}
