"use strict";
const root = document.documentElement;
const switches = [...document.querySelectorAll("input[name=ui]")];

function speak(language) {
  root.lang = language;
  root.dir = language === "fa" ? "rtl" : "ltr";
  for (const one of switches) one.checked = one.value === language;
}
for (const one of switches) one.addEventListener("change", () => speak(one.value));
const asked = new URLSearchParams(location.search).get("lang");
speak(asked === "fa" || asked === "en" ? asked : switches.find((one) => one.checked).value);

function arrive() {
  const target = document.getElementById(location.hash.slice(1));
  if (target && target.matches(".list")) target.focus({ preventScroll: true });
}
addEventListener("hashchange", arrive);
arrive();

// Escape closes a list, and the number that opened it gets the focus back.
let opener = null;
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#l']");
  if (link) opener = link;
});
document.addEventListener("keydown", (event) => {
  const open = document.querySelector(".list:target");
  if (event.key !== "Escape" || !open) return;
  location.hash = open.querySelector(".close").hash;
  if (opener) opener.focus({ preventScroll: true });
});
