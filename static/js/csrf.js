// The CSRF token is the cookie's: logging in again in another tab changes it, and an open page stays usable.

const FIELD = "csrfmiddlewaretoken";
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (ctx.request.method === "GET") return;
  ctx.request.headers["X-CSRFToken"] = token();
  ctx.request.body.delete(FIELD);
});

// A form that is posted without htmx carries the token as a field.
document.addEventListener("submit", (event) => {
  const field = event.target.elements[FIELD];
  if (field && token()) field.value = token();
});
