// What every page shares: keys that go somewhere, and what was said being read out and cleared.
"use strict";

/** Whether keys are meant for a field that someone types in. */
function typing(event) {
  const at = event.target;
  return event.ctrlKey || event.metaKey || event.altKey ||
    at.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(at.tagName) && at.type !== "checkbox";
}

/** Say a sentence at the foot of the page, for eyes and for readers of screens. */
function say(sentence) {
  const place = document.getElementById("said");
  place.textContent = sentence;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { place.textContent = ""; }, 6000);
}

// A key named by data-key presses what carries it, unless someone is typing.
document.addEventListener("keydown", (event) => {
  if (typing(event) || event.defaultPrevented) return;
  const named = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!named) return;
  event.preventDefault();
  if (["INPUT", "TEXTAREA"].includes(named.tagName)) named.focus(); else named.click();
});

// An answer of the server to an action can carry a sentence to say.
document.addEventListener("said", (event) => say(event.detail.sentence ?? event.detail.value ?? ""));
