// What has ended in the conversation that is shown is read as soon as somebody can see it.

const UNREAD = "unread";
const place = () => document.querySelector("[data-read]");

function look() {
  const shown = place();
  if (shown?.dataset.read !== UNREAD || document.hidden) return;
  if (!shown.hasAttribute("data-htmx-powered")) return; // htmx comes to it later, and says so
  shown.dataset.read = "";
  shown.dispatchEvent(new CustomEvent("parley:read"));
}

function again({ detail: { ctx } }) {
  if (ctx?.sourceElement === place()) place().dataset.read = UNREAD;
}

document.addEventListener("visibilitychange", look);
document.addEventListener("htmx:after:init", look);
document.addEventListener("htmx:after:swap", look);
document.addEventListener("htmx:response:error", again);
document.addEventListener("htmx:error", again);
look();
