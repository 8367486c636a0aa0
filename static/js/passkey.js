// Says in the page what allauth's script would only say on the console: no key was given, or none can be.

const place = document.querySelector("[data-passkey-refused]");

if (place && !window.PublicKeyCredential) place.textContent = place.dataset.missing;

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  if (place) place.textContent = window.PublicKeyCredential ? place.dataset.failed : place.dataset.missing;
});
