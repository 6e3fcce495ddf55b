// Warns before somebody is signed out for doing nothing, or after a working day. What counts is what the server says:
// this page guesses from its own clocks when to ask, so that tabs agree, and sleep or a clock that is put right fools
// nobody. Without this file the server signs out all the same, and words that are saved afterwards are kept.

const ASK_WHILE_OPEN = 5; // seconds between two questions while the warning is there: another tab may have stayed
const ROUGH = 60; // the page itself says how long there is in whole minutes, rounded up
const LOOK = 1000; // milliseconds between two looks at the clocks
const SAID_AT = [240, 180, 120, 60, 40, 20]; // seconds left at which it is said aloud again

const dialog = document.getElementById("time-out");
if (dialog) watch(dialog);

function watch(dialog) {
  const warning = Number(dialog.dataset.warning);
  const tabs = new BroadcastChannel("signed-in");
  let state = "idle"; // what the dialog speaks of: idle, day, over
  let known; // what the server said, and when
  let said = Infinity;
  let isAsking = false;
  let askedAt = -Infinity;

  const know = (left, doubt = 0) => {
    known = { left, doubt, at: Date.now(), mark: performance.now() };
  };

  const learn = ({ left, can_extend: canExtend }) => {
    know(left);
    if (left <= 0) return over();
    state = canExtend ? "idle" : "day";
    if (left > warning) return hide();
    show();
  };

  // One clock may stand still while the machine sleeps, the other may be put back; the later one is right.
  const left = () => known.left - Math.max(Date.now() - known.at, performance.now() - known.mark) / 1000;

  const ask = async (options = {}) => {
    if (isAsking) return;
    isAsking = true;
    askedAt = performance.now();
    try {
      const response = await fetch(dialog.dataset.address, { cache: "no-store", credentials: "same-origin", ...options });
      if (!response.ok) throw new Error(response.status);
      part("unreachable", false);
      learn(await response.json());
    } catch {
      // Not reached: what we know ourselves has to do.
      if (left() <= warning && state !== "over") show();
      part("unreachable", dialog.open && options.method === "POST");
    } finally {
      isAsking = false;
    }
  };

  const look = () => {
    if (state === "over") return;
    const seconds = left();
    const pause = (performance.now() - askedAt) / 1000;
    if (dialog.open) tell(seconds);
    const isDue = dialog.open || seconds <= 0 || (seconds <= warning + known.doubt && !wasToldOfDay());
    if (isDue && pause > (dialog.open && seconds > 0 ? ASK_WHILE_OPEN : 1)) ask();
  };

  // That the day ends cannot be put off: it is said once, not on every page of the last five minutes.
  const end = () => Date.now() / 1000 + left();
  const wasToldOfDay = () => state === "day" && Math.abs(Number(sessionStorage.getItem("told-of-day")) - end()) < 60;

  const show = () => {
    if (!dialog.open && wasToldOfDay()) return;
    parts();
    if (!dialog.open) {
      said = Infinity;
      dialog.showModal();
      if (state === "day") dialog.querySelector("[data-close]").focus();
    }
    tell(left());
  };

  const hide = () => {
    if (dialog.open) dialog.close();
  };

  const over = () => {
    state = "over";
    // Nobody is here and nothing was typed: what the page shows is not for whoever comes by.
    if (!hasTyped()) {
      location.assign(`${dialog.dataset.signIn}?next=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
    parts();
    dialog.querySelector("#time-out-title").textContent = "You have been signed out";
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("[data-close]").focus();
    say("You have been signed out. What you have typed is still on the page.");
  };

  const parts = () => {
    for (const each of dialog.querySelectorAll("[data-when]")) {
      if (each.dataset.when !== "unreachable") each.hidden = !each.dataset.when.split(" ").includes(state);
    }
  };
  const part = (name, isShown) => {
    dialog.querySelector(`[data-when="${name}"]`).hidden = !isShown;
  };

  const tell = (seconds) => {
    const text = words(seconds);
    for (const each of dialog.querySelectorAll("[data-time-left]")) {
      if (each.textContent !== text) each.textContent = text;
    }
    const due = SAID_AT.find((moment) => seconds <= moment && moment < said);
    if (due !== undefined) {
      said = Math.min(...SAID_AT.filter((moment) => seconds <= moment));
      say(`You will be signed out in ${text}.`);
    } else if (said === Infinity) said = seconds;
  };

  const say = (text) => {
    dialog.querySelector("[data-time-said]").textContent = text;
  };

  const stay = () => {
    const form = dialog.querySelector("[data-stay]");
    ask({ method: "POST", body: new FormData(form) }).then(() => tabs.postMessage("stayed"));
  };

  dialog.querySelector("[data-stay]").addEventListener("submit", (event) => {
    event.preventDefault();
    stay();
  });
  dialog.querySelector("[data-close]").addEventListener("click", hide);
  dialog.addEventListener("close", () => state === "day" && sessionStorage.setItem("told-of-day", end()));
  // Escape is the quickest way to say that somebody is here.
  dialog.addEventListener("cancel", (event) => {
    if (state !== "idle") return;
    event.preventDefault();
    stay();
  });
  tabs.addEventListener("message", () => ask());
  document.addEventListener("visibilitychange", () => document.hidden || look());
  addEventListener("pageshow", (event) => event.persisted && ask());

  state = dialog.dataset.canExtend === "yes" ? "idle" : "day";
  know(Number(dialog.dataset.left), ROUGH);
  look();
  setInterval(look, LOOK);
}

function words(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole > 60) return `${Math.ceil(whole / 60)} minutes`;
  return whole === 1 ? "1 second" : `${whole} seconds`;
}

// Whether a form that would change something says anything else than when it was shown.
function hasTyped() {
  const fields = document.querySelectorAll("main form[method=post] :is(textarea, input, select), main form[hx-post] :is(textarea, input, select)");
  return [...fields].some((field) => {
    if (field.type === "hidden") return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected);
    return field.value !== field.defaultValue;
  });
}
