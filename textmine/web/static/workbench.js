// What every page shares: keys, dialogs, and what was said being read out and cleared.
"use strict";

/** Whether keys are meant for a field that someone types in. */
function typing(event) {
  const at = event.target;
  return event.ctrlKey || event.metaKey || event.altKey ||
    at.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(at.tagName) && at.type !== "checkbox";
}

/** Say a sentence at the foot of the page, for eyes and for readers of screens; with what it is
    about to look at, it stands longer. */
function say(sentence, { href, words } = {}) {
  const place = document.getElementById("said");
  place.textContent = sentence;
  if (href) {
    const link = document.createElement("a");
    Object.assign(link, { href, textContent: words });
    place.append(" ", link);
  }
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { place.textContent = ""; }, href ? 12000 : 6000);
}

/** The key as a Latin layout names it: Persian digits and letters count by their value or place. */
function keyOf(event) {
  const key = event.key;
  if (key.length !== 1 || key < "\u0080") return key;
  const digit = "۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩".indexOf(key);
  if (digit >= 0) return String(digit % 10);
  if (key === "؟") return "?";
  const place = /^(?:Key|Digit)(.)$/.exec(event.code)?.[1];
  if (place) return event.shiftKey ? place : place.toLowerCase();
  return event.code === "Slash" ? "/" : key;
}

// A key named by data-key presses what carries it, unless someone is typing or a dialog is open.
document.addEventListener("keydown", (event) => {
  if (typing(event) || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const named = document.querySelector(`[data-key="${CSS.escape(keyOf(event))}"]`);
  if (!named) return;
  event.preventDefault();
  if (["INPUT", "TEXTAREA"].includes(named.tagName)) named.focus(); else named.click();
});

// A link with data-dialog shows its page in the dialog of that name, so that no place is lost.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
    const dialog = document.getElementById(link.dataset.dialog);
    dialog.querySelector(".inside").innerHTML = await answer.text();
    dialog.showModal();
  } catch {
    location.assign(link.href); // the browser says what is wrong
  }
});

// An answer of the server to an action can carry a sentence to say.
document.addEventListener("said", (event) => say(event.detail.sentence ?? event.detail.value ?? ""));
