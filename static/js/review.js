// Keys for going through updates: a accepts, s skips, r goes to the question. Without this file the buttons do it all.
// Nothing happens while somebody types, nor on a key that is held down; and who does not want the keys switches them off.

const OFF = "waymark-review-keys-off";
const form = document.querySelector("form[data-review]");
const hint = document.querySelector("[data-review-keys]");
if (form && hint) start();

function start() {
  const question = form.elements.question;
  const toggle = hint.querySelector("[data-review-switch]");
  let isSent = false;

  const areOff = () => localStorage.getItem(OFF) === "1";
  const show = () => {
    toggle.textContent = areOff() ? "Switch the keys on" : "Switch these keys off";
    toggle.setAttribute("aria-pressed", String(areOff()));
    hint.querySelector("p").hidden = areOff();
  };
  const press = (answer) => form.querySelector(`button[name="answer"][value="${answer}"]`).click();

  form.addEventListener("submit", () => {
    isSent = true;
  });
  window.addEventListener("pageshow", () => {
    isSent = false;
  });
  toggle.addEventListener("click", () => {
    localStorage.setItem(OFF, areOff() ? "0" : "1");
    show();
  });
  document.addEventListener("keydown", (event) => {
    if (isSent || event.repeat || event.isComposing || event.altKey || areOff()) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.target === question && event.key === "Escape") return question.blur();
    if (event.target === question && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return press("return");
    }
    if (event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (event.key === "a") press("accept");
    else if (event.key === "s") press("skip");
    else if (event.key === "r") {
      event.preventDefault();
      question.focus();
    }
  });
  show();
  hint.hidden = false;
}
