// A clause and its boxes in the picture of the page (or its pieces in the page's text) light up
// together; evidence lights up with its code; the next page is fetched while this one is read.
"use strict";

(() => {
  const clauseAt = (node) => node.closest?.("[data-clause], [data-of]");
  const idOf = (element) => element?.dataset.clause ?? element?.dataset.of ?? null;

  function every(id, act) {
    const name = CSS.escape(id);
    document.querySelectorAll(`[data-clause="${name}"], [data-of="${name}"]`).forEach(act);
  }

  // -- pointing at one lights up the other
  let lit = null;
  function light(id) {
    if (id === lit) return;
    if (lit) every(lit, (each) => each.classList.remove("lit"));
    lit = id;
    if (lit) every(lit, (each) => each.classList.add("lit"));
  }
  document.addEventListener("pointerover", (event) => light(idOf(clauseAt(event.target))));
  document.addEventListener("focusin", (event) => light(idOf(clauseAt(event.target))));

  // -- one of them is chosen: by a click, by the address, or by who codes it
  function choose(id, from) {
    document.querySelectorAll(".chosen").forEach((each) => each.classList.remove("chosen"));
    if (!id) return;
    document.querySelectorAll(`[data-of="${CSS.escape(id)}"]`).forEach((each, number) => {
      each.classList.add("chosen");
      if (number === 0 && from !== each) within(each);
    });
  }

  /** Scroll the picture or the text, and nothing around it, so that an element can be seen. */
  function within(element) {
    const pane = element.closest(".sticky");
    if (!pane || pane.scrollHeight <= pane.clientHeight) return;
    const own = element.getBoundingClientRect(), around = pane.getBoundingClientRect();
    if (own.top < around.top || own.bottom > around.bottom) {
      pane.scrollTop += own.top - around.top - around.height / 3;
    }
  }

  function current(clause) {
    document.querySelectorAll('.clause[aria-current="true"]').forEach((each) => each.removeAttribute("aria-current"));
    clause.setAttribute("aria-current", "true");
  }

  document.addEventListener("click", (event) => {
    const of = event.target.closest?.("[data-of]");
    if (of) {
      const clause = document.getElementById(`clause-${of.dataset.of}`);
      choose(of.dataset.of, of);
      if (!clause) return;
      event.preventDefault();
      current(clause);
      clause.focus({ preventScroll: true });
      clause.scrollIntoView({ block: "nearest" });
      return;
    }
    const clause = event.target.closest?.(".spread .clause");
    if (clause) { choose(clause.dataset.clause); current(clause); }
  });
  document.addEventListener("coding:clause", (event) => choose(event.detail.clause));

  // -- evidence lights up with its code
  function evidence(event) {
    document.querySelectorAll("mark.evidence.lit").forEach((each) => each.classList.remove("lit"));
    const code = event.target.closest?.(".clause .code[data-code]");
    code?.closest(".clause").querySelectorAll("mark.evidence").forEach((each) => {
      each.classList.toggle("lit", each.dataset.codes.split(" ").includes(code.dataset.code));
    });
  }
  document.addEventListener("pointerover", evidence);
  document.addEventListener("focusin", evidence);

  // -- pictures: what cannot be drawn says so; the next one is fetched in advance
  function failed(picture) {
    const figure = picture.closest(".picture");
    figure.querySelector(".stack-of").hidden = true;
    figure.querySelector(".substitute").hidden = false;
  }
  function arrived(picture) {
    const next = picture.closest(".picture").dataset.next;
    if (next) new Image().src = next;
  }
  const isPicture = (node) => node.matches?.(".picture img");
  document.addEventListener("error", (event) => { if (isPicture(event.target)) failed(event.target); }, true);
  document.addEventListener("load", (event) => { if (isPicture(event.target)) arrived(event.target); }, true);

  function begin() {
    const picture = document.querySelector(".picture img");
    if (picture?.complete) (picture.naturalWidth ? arrived : failed)(picture);
    const named = document.querySelector('.clause[aria-current="true"]') ?? document.querySelector(".clause:target");
    if (named) choose(named.dataset.clause);
  }
  begin();
  document.addEventListener("htmx:after:settle", (event) => {
    if (event.target.id === "sheet" || event.target.querySelector?.("#sheet")) choose(null);
  });
})();
