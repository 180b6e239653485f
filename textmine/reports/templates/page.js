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

// The number that opened a list gets the focus back when the list is closed.
let opener = null;
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#l']");
  if (link) opener = link;
  if (event.target.closest(".list .close")) shut(event);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.querySelector(".list:target")) shut(event);
});
function shut(event) {
  if (!opener) {
    if (event.type === "keydown") location.hash = document.querySelector(".list:target .close").hash;
    return;
  }
  event.preventDefault();
  const place = [scrollX, scrollY];
  location.hash = "closed";
  scrollTo(...place);
  opener.focus({ preventScroll: true });
}

