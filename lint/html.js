// ruleid: html-in-script
status.innerHTML = text;
// ruleid: html-in-script
list.insertAdjacentHTML("beforeend", `<li>${text}</li>`);
// ok: html-in-script
status.textContent = text;
