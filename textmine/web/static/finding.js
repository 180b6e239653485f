// The box of a search: what could be typed is offered while one types, chosen by arrows or mouse.
"use strict";
(() => {
  // On a narrow screen what was found comes first; what narrows it is opened by who wants it.
  if (matchMedia("(max-width: 56rem)").matches) document.querySelector(".narrow")?.removeAttribute("open");

  const box = document.getElementById("q");
  const list = document.getElementById("suggestions");
  const at = document.getElementById("at");
  if (!box || !list || !at) return;
  let chosen = -1;
  let timer = 0;

  // What is pasted stays whole, and is refused with a sentence: cut, it would be another query.
  const most = box.maxLength;
  box.removeAttribute("maxlength");
  function isTooLong() {
    const before = box.validationMessage;
    box.setCustomValidity(Array.from(box.value).length > most ? box.dataset.tooLong : "");
    if (box.validationMessage && !before) box.reportValidity();
    return Boolean(box.validationMessage);
  }

  const offers = () => [...list.querySelectorAll("[role=option]")];

  function close() {
    clearTimeout(timer);
    list.hidden = true;
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  /** Ask what could stand where the cursor is; the server counts in code points, not in halves of them. */
  function ask(wait) {
    clearTimeout(timer);
    if (box.validationMessage) return;
    timer = setTimeout(() => {
      at.value = Array.from(box.value.slice(0, box.selectionStart)).length;
      htmx.trigger(box, "suggest");
    }, wait);
  }

  function mark(number) {
    const all = offers();
    chosen = all.length ? (number + all.length) % all.length : -1;
    all.forEach((each, place) => each.setAttribute("aria-selected", String(place === chosen)));
    if (chosen < 0) return;
    box.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  }

  function take(offer) {
    const of = offer.parentElement.dataset;
    const letters = Array.from(box.value);
    const text = offer.dataset.text;
    const open = /[:"«-]$/.test(text) && !/^["«].+["»]$/.test(text) || "closed" in of;
    const before = letters.slice(0, Number(offer.dataset.start ?? of.start)).join("") + text + (open ? "" : " ");
    box.value = before + letters.slice(Number(of.end)).join("").replace(/^ /, open ? " " : "");
    box.setSelectionRange(before.length, before.length);
    close();
    box.focus();
    if (text.endsWith(":")) ask(0);
  }

  box.addEventListener("input", () => {
    const before = box.value.slice(0, box.selectionStart);
    if (isTooLong() || !before || /\s$/.test(before)) close(); else ask(120);
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask(0); else mark(chosen + (event.key === "ArrowDown" ? 1 : chosen < 0 ? 0 : -1));
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if ((event.key === "Enter" || event.key === "Tab") && !list.hidden && chosen >= 0) {
      event.preventDefault();
      take(offers()[chosen]);
    }
  });
  box.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("mousedown", (event) => {
    const offer = event.target.closest("[role=option]");
    event.preventDefault();
    if (offer) take(offer);
  });
  box.addEventListener("htmx:after:swap", () => {
    const any = list.children.length > 0 && document.activeElement === box;
    list.hidden = !any;
    chosen = -1;
    box.setAttribute("aria-expanded", String(any));
    box.removeAttribute("aria-activedescendant");
  });
  box.form.addEventListener("submit", close);
})();
