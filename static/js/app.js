// What the pages do quicker with JavaScript. Every one of them works without this file.

const govuk = await import(document.querySelector('meta[name="govuk-js"]').content);
document.body.classList.add("js-enabled", "govuk-frontend-supported");
govuk.initAll();

const announce = (words) => {
  document.getElementById("announcer").textContent = words;
};

const trouble = (words) => {
  const box = document.getElementById("trouble");
  box.replaceChildren();
  if (!words) return;
  const inset = document.createElement("div");
  inset.className = "notice notice--trouble govuk-body";
  inset.textContent = words;
  box.append(inset);
  box.scrollIntoView({ block: "nearest" });
};

document.body.addEventListener("htmx:beforeRequest", () => trouble(""));

// What the last page did, where the keyboard stays on what is written next. Readers of the screen have to know the place first.
const said = document.querySelector("[data-said]");
if (said) setTimeout(() => announce(said.dataset.said), 500);

// A form that asks takes the place of what was asked before, as it does without htmx; it is not added to it.
document.body.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb === "get" && event.detail.elt.matches("form")) event.detail.path = event.detail.path.split("?")[0];
});

// A part of the page was exchanged: bring it to life, say what happened, put the keyboard where it is needed next.
document.body.addEventListener("htmx:afterSettle", (event) => {
  const part = event.detail.elt;
  if (!part.isConnected) return;
  govuk.initAll({ scope: part });
  const words = part.querySelector("[data-announce]");
  if (words) announce(words.dataset.announce);
  const next = part.querySelector("[data-focus] input:checked") ?? part.querySelector("[data-focus] input, a[data-focus]");
  const isElsewhere = !part.contains(document.activeElement);
  if (next && isElsewhere && !part.querySelector("[role=alert]")) next.focus();
});

// htmx leaves a refusal out of the page: say that nothing was saved, and leave what was typed where it is.
document.body.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  const sender = event.detail.elt;
  if (status === 401) {
    // Signed out. Sent again as a page of its own, the words go along through the sign-in; a draft only says so.
    if (sender.matches("form")) sender.submit();
    else sender.textContent = "Draft not kept: you have been signed out. Save, and you can sign in again without losing a word.";
    return;
  }
  const stillThere = "Nothing was saved; your words are still on the page.";
  if (status === 403) trouble(`You may not do that, or the page is out of date. ${stillThere} Copy them, then load the page again.`);
  else if (status === 404) trouble(`This is no longer on the plan. ${stillThere} Copy them, then load the page again.`);
  else trouble(`The site could not do that just now. ${stillThere} Try again in a moment.`);
});
document.body.addEventListener("htmx:sendError", () => {
  trouble("The site could not be reached. Nothing was saved; your words are still on the page. Try again in a moment.");
});
