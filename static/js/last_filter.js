// Remembers how somebody narrowed a list, in this browser, and offers it when the list is next opened whole. It runs
// where it stands, below the fields and above the list: the offer is there before the list is drawn, so nothing moves.
// Only choices are kept, never a day that the list was asked for nor a page of it; signing out clears them (accounts/headers.py).

(() => {
  const form = document.currentScript.closest("form");
  const { user } = document.body.dataset;
  const store = storage();
  if (!form || !user || !store) return;

  const ALL = "waymark-filter:";
  const own = `${ALL}${user}:`;
  const key = own + location.pathname;
  const line = form.querySelector("[data-last-filter]");
  // What can be left open. How rows are grouped, say, cannot be, and narrows nothing.
  const fields = [...form.elements].filter((each) => each.name && each.type !== "hidden" && canBeEmpty(each));

  // What another person left here, whose time ran out.
  for (const name of Object.keys(store)) if (name.startsWith(ALL) && !name.startsWith(own)) store.removeItem(name);

  const look = () => {
    const asked = new URLSearchParams(location.search);
    const chosen = valid(asked).toString();
    line.hidden = true;
    if (chosen) {
      if (isChosenHere(asked) && !form.querySelector(".govuk-error-message")) store.setItem(key, chosen);
      return;
    }
    if (fields.every(({ name }) => last(asked, name) === "")) store.removeItem(key);
    offer(asked);
  };

  // Sent by this form, or by a link on this list. What a link elsewhere narrows, such as a count, nobody chose here.
  const isChosenHere = (asked) =>
    fields.every(({ name }) => asked.has(name)) ||
    (document.referrer !== "" && new URL(document.referrer).pathname === location.pathname);

  const offer = (asked) => {
    const kept = new URLSearchParams(store.getItem(key) ?? "");
    // Where a choice is not among the choices any more, the rest would show other rows than it did.
    if (!kept.toString() || valid(kept).toString() !== kept.toString()) return;
    for (const name of [...fields.map((each) => each.name), "page"]) asked.delete(name);
    for (const [name, value] of kept) asked.append(name, value);
    line.querySelector("[data-last-filter-words]").textContent = fields
      .filter(({ name }) => kept.has(name))
      .map((field) => `${field.labels[0].textContent.trim()}: ${words(field, kept.get(field.name))}`)
      .join("; ");
    line.querySelector("a").href = `?${asked}`;
    line.hidden = false;
  };

  const valid = (asked) => {
    const found = new URLSearchParams();
    for (const field of fields) {
      const value = last(asked, field.name);
      if (value && words(field, value)) found.append(field.name, value);
    }
    return found;
  };

  // As the server reads an address that says something twice.
  const last = (asked, name) => asked.getAll(name).at(-1);

  const words = (field, value) => {
    if (field.tagName === "SELECT") return [...field.options].find((option) => option.value === value)?.text;
    if (field.type === "date") return /^\d{4}-\d\d-\d\d$/.test(value) && day(value);
    return `“${value}”`;
  };

  const day = (value) => new Date(value).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });

  look();
  document.body.addEventListener("htmx:pushedIntoHistory", look);
  addEventListener("pageshow", (event) => event.persisted && look());
  document.addEventListener("click", (event) => {
    if (event.target.closest("a[data-show-all]")) store.removeItem(key);
  });

  function canBeEmpty(field) {
    if (field.tagName === "SELECT") return [...field.options].some((option) => option.value === "");
    return field.tagName === "INPUT";
  }

  function storage() {
    try {
      return window.localStorage;
    } catch {
      return null; // Switched off by whoever looks after the browser.
    }
  }
})();
