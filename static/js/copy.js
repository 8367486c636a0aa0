// [data-copy] copies the field whose id it gives, or the code block or the message it stands in.

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  tell("");
  try {
    await write(textFor(button));
    say(button, "Copied");
  } catch {
    say(button, "Copying failed");
  }
});

function textFor(button) {
  if (button.dataset.copy) return document.getElementById(button.dataset.copy).value;
  const code = button.closest(".code")?.querySelector("pre");
  if (code) return code.textContent.replace(/\n$/, "");
  const message = button.closest("article");
  return (
    message.querySelector("[data-source]")?.content.textContent ?? message.querySelector(".prose").innerText
  );
}

// navigator.clipboard is missing on plain http, where a team's own server may well be.
async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("refused");
}

// Read out: a key copies without that the button has the focus.
const tell = (words) => document.querySelector("[data-told]")?.replaceChildren(words);

function say(button, words) {
  const label = button.querySelector(".visually-hidden, [data-label]") ?? button;
  button.dataset.copied = "";
  button.dataset.label ??= label.textContent;
  label.textContent = words;
  tell(words);
  clearTimeout(button.timer);
  button.timer = setTimeout(() => {
    label.textContent = button.dataset.label;
    delete button.dataset.copied;
  }, 1600);
}
