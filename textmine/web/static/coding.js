// Coding beside any list of clauses: choosing a clause, keys, words selected in its text, and
// decisions that are kept in the browser until the server has confirmed them.
"use strict";

(() => {
  // What the browser keeps is kept for one corpus: another may be served at the same address later.
  const CORPUS = document.getElementById("unsaved")?.dataset.corpus ?? "";
  const KEPT = `textmine.coding.waiting.${CORPUS}`; // decisions that the server has not confirmed
  const DRAFTS = `textmine.coding.memos.${CORPUS}`; // memos that were typed and not stored
  const DIGIT_WAIT = 900; // milliseconds in which a second digit may follow
  const SEND_AGAIN = [2, 4, 8, 15, 30]; // seconds until the next try

  document.documentElement.classList.add("scripted");

  const place = () => document.getElementById("coding");
  const words = () => document.getElementById("unsaved").dataset;
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const shownNumber = (n) => new Intl.NumberFormat(document.documentElement.lang).format(n);

  // -- what the browser keeps ------------------------------------------------------------------

  const memory = {}; // stands in where the browser keeps nothing
  function kept(name, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(name)) ?? otherwise;
    } catch {
      return memory[name] ?? otherwise;
    }
  }
  function keep(name, value) {
    memory[name] = value;
    try {
      localStorage.setItem(name, JSON.stringify(value));
    } catch { /* then only this page keeps it; see beforeunload */ }
  }
  const waiting = () => kept(KEPT, []);

  // -- the clauses of the page -----------------------------------------------------------------

  const clauses = () => [...document.querySelectorAll("[data-clauses] [id^='clause-']")];
  const current = () => document.querySelector("[data-clauses] [id^='clause-'][aria-current='true']");
  const idOf = (article) => article.id.slice("clause-".length);
  let asked = 0;
  let loading = null;

  /** Make a clause the current one and bring its panel. */
  function choose(article, { focus = true, load = true } = {}) {
    const before = current();
    if (before && before !== article) before.removeAttribute("aria-current");
    article.setAttribute("aria-current", "true");
    if (focus) {
      if (!article.contains(document.activeElement)) article.focus({ preventScroll: true });
      article.scrollIntoView({ block: "nearest" });
    }
    if (selected && selected.clause !== idOf(article)) unselect();
    if (before === article && place()?.dataset.clause === idOf(article)) return;
    article.dispatchEvent(new CustomEvent("coding:clause", { bubbles: true, detail: { clause: idOf(article) } }));
    if (load) bring(idOf(article));
  }

  /** Bring the panel of a clause; only the one asked for last is shown. */
  function bring(clause) {
    const mine = ++asked;
    clearTimeout(loading);
    place()?.setAttribute("aria-busy", "true");
    loading = setTimeout(async () => {
      try {
        const answer = await fetch(`/clauses/${encodeURIComponent(clause)}/coding`, { headers: { "HX-Request": "true" } });
        if (leaves(answer)) return;
        const html = await answer.text();
        if (mine === asked) show(html);
      } catch {
        if (mine === asked) say(words().gone);
      }
    }, 60);
  }

  /** Whether an answer sends the browser elsewhere, as to someone who was logged out. */
  function leaves(answer) {
    const to = answer.headers.get("HX-Redirect");
    if (to && to.startsWith("/")) location.assign(to);
    return Boolean(to);
  }

  /** Put a panel, and the codes and words of its clause, in their places. */
  function show(html, { quietly = false } = {}) {
    const found = new DOMParser().parseFromString(html, "text/html");
    const panel = found.getElementById("coding");
    if (!panel) {
      place().replaceChildren(...document.importNode(found.body, true).childNodes);
      return;
    }
    done(panel.dataset.clause, panel.dataset.decided === "yes");
    const parts = found.getElementById("coding-clause");
    if (parts) refresh(parts.dataset.clause, parts.content);
    if (quietly) return;
    const before = place();
    const focused = before.contains(document.activeElement) ? document.activeElement : null;
    const open = [...before.querySelectorAll("details[open]")].map((each) => [...before.querySelectorAll("details")].indexOf(each));
    const same = before.dataset.clause === panel.dataset.clause;
    const top = before.scrollTop;
    before.replaceWith(document.adoptNode(panel));
    if (same) {
      const all = panel.querySelectorAll("details");
      open.forEach((number) => { if (all[number]) all[number].open = true; });
      panel.scrollTop = top;
    }
    if (focused) {
      const again = focused.id ? document.getElementById(focused.id)
        : focused.name ? panel.querySelector(`[name="${CSS.escape(focused.name)}"][value="${CSS.escape(focused.value)}"]`) : null;
      (again && !again.disabled ? again : current() ?? panel.querySelector("input, button"))?.focus({ preventScroll: true });
    }
    const here = panel.querySelector("[data-here]");
    if (here) here.value = location.pathname + location.search;
    const memo = panel.querySelector("[name=memo]");
    const draft = kept(DRAFTS, {})[draftOf(panel.dataset.clause)];
    if (memo && draft !== undefined) memo.value = draft;
    if (panel.hasAttribute("data-stale")) document.getElementById("coding-stale").focus();
    showSelected();
    window.htmx?.process(panel);
  }

  /** Bring the codes and marked words of a clause in the list up to date. */
  function refresh(clause, parts) {
    const article = document.getElementById(`clause-${clause}`);
    if (!article) return;
    const codes = article.querySelector(".codes");
    const fresh = parts.querySelector(".codes");
    if (codes && fresh) codes.replaceWith(document.importNode(fresh, true));
    const text = article.querySelector(":scope > .text");
    const inUse = text && !getSelection().isCollapsed && text.contains(getSelection().anchorNode);
    const marked = parts.querySelector(".text");
    if (codes && text && marked && !inUse && !text.querySelector("mark.hit")) text.replaceWith(document.importNode(marked, true));
  }

  function step(by) {
    const all = clauses();
    if (!all.length) return;
    const at = all.indexOf(current());
    const next = at < 0 ? (by > 0 ? visible(all) : all[0]) : all[at + by];
    if (next) choose(next);
    else {
      const further = document.querySelector(by > 0 ? "a[rel~='next']" : "a[rel~='prev']");
      if (further) further.click(); else say(by > 0 ? words().last : words().first);
    }
  }
  const visible = (all) => all.find((each) => each.getBoundingClientRect().bottom > 0) ?? all[0];

  // -- words selected in the text --------------------------------------------------------------

  let selected = null; // {clause, start, end, text}: code points of the clause text

  /** How many code points of the clause text stand before a point of the page. */
  function offset(text, node, at) {
    const range = document.createRange();
    range.setStart(text, 0);
    range.setEnd(node, at);
    let count = 0;
    (function walk(from) {
      for (const each of from.childNodes) {
        if (each.nodeType === Node.TEXT_NODE) count += Array.from(each.data).length;
        else if (each.classList?.contains("ctl")) count += each.textContent ? 1 : 0;
        else walk(each);
      }
    })(range.cloneContents());
    return count;
  }

  function noticed() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    const of = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest("[data-clauses] .text");
    let text = of(range.startContainer);
    if (!text) return;
    const last = of(range.endContainer) === text ? [range.endContainer, range.endOffset] : [text, text.childNodes.length];
    const [start, end] = [offset(text, range.startContainer, range.startOffset), offset(text, ...last)];
    const article = text.closest("[id^='clause-']");
    const all = Array.from([...text.childNodes].map(plain).join(""));
    const [from, to] = trimmed(all, start, end);
    if (!article || from >= to) return;
    selected = { clause: idOf(article), start: from, end: to, text: all.slice(from, to).join("") };
    if (current() !== article) choose(article, { focus: false });
    showSelected();
  }
  /** The text of a node as the server counts it: a control character shown by name is one. */
  function plain(node) {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.classList?.contains("ctl")) return "\ufffd";
    return [...node.childNodes].map(plain).join("");
  }
  function trimmed(all, start, end) {
    while (start < end && !all[start].trim()) start += 1;
    while (end > start && !all[end - 1].trim()) end -= 1;
    return [start, end];
  }
  function unselect() {
    selected = null;
    showSelected();
  }
  function showSelected() {
    const line = document.getElementById("coding-selected");
    if (!line) return;
    line.hidden = !selected || selected.clause !== place().dataset.clause;
    if (line.hidden) return;
    const cited = document.createElement("q");
    cited.dir = document.getElementById(`clause-${selected.clause}`)?.querySelector(".text")?.dir || "ltr";
    cited.textContent = selected.text;
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "plain";
    drop.textContent = "✕";
    drop.setAttribute("aria-label", words().unselect);
    drop.addEventListener("click", () => { getSelection().removeAllRanges(); unselect(); });
    line.replaceChildren(`${words().selected} `, cited, " ", drop);
  }

  // -- decisions -------------------------------------------------------------------------------

  const form = () => place()?.querySelector("form[data-coding='decision']");
  const canCode = () => Boolean(form() && place().dataset.coder);

  /** Apply a code, take it away, or give it the words that are selected. */
  function press(number) {
    const box = form()?.querySelector(`[data-key-number="${number}"]`);
    if (!box || box.disabled || !canCode()) return false;
    if (selected && selected.clause === place().dataset.clause) mark(box);
    else box.checked = !box.checked;
    submit();
    return true;
  }
  function mark(box) {
    box.checked = true;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "evidence", value: `${box.value}:${selected.start}-${selected.end}` });
    box.after(field);
    getSelection().removeAllRanges();
    unselect();
  }

  /** Keep a decision in the browser and send it; what the panel shows is what is wanted. */
  function submit(button) {
    if (!canCode()) return;
    const fields = new FormData(form(), button ?? null);
    const body = new URLSearchParams();
    const checked = new Set(fields.getAll("code"));
    for (const [name, value] of fields) {
      if (name !== "evidence" || checked.has(value.slice(0, value.lastIndexOf(":")))) body.append(name, value);
    }
    if (!body.get("words") || !body.get("words_for")) { body.delete("words"); body.delete("words_for"); }
    const clause = place().dataset.clause;
    place().dataset.decided = "yes";
    form().querySelectorAll(".code-row").forEach((row) => row.classList.toggle("applied", row.querySelector("[name=code]").checked));
    queue({ clause, url: `/clauses/${encodeURIComponent(clause)}/coding`, body: body.toString() });
  }

  function queue(item) {
    const all = waiting();
    keep(KEPT, [...all, { ...item, id: `${Date.now()}-${Math.random()}`, coder: place().dataset.coder, state: "waiting" }]);
    send();
  }
  const without = (id) => keep(KEPT, waiting().filter((each) => each.id !== id));
  const put = (changed) => keep(KEPT, waiting().map((each) => each.id === changed.id ? changed : each));
  const mine = (item) => Boolean(place()?.dataset.coder) && item.coder === place().dataset.coder;

  let sending = false;
  let tries = 0;
  let timer = null;

  /** Send what waits, one after the other, in the order in which it was decided; one window does. */
  async function send() {
    if (sending) return;
    sending = true;
    clearTimeout(timer);
    try {
      if (navigator.locks) await navigator.locks.request(KEPT, sendAll); else await sendAll();
    } finally {
      sending = false;
    }
  }
  async function sendAll() {
    for (;;) {
      const item = waiting().find((each) => each.state === "waiting" && mine(each));
      if (!item) return told();
      let answer, html;
      try {
        answer = await fetch(item.url, {
          method: "POST", body: new URLSearchParams(item.body), headers: { "HX-Request": "true" }, redirect: "manual",
        });
        html = await answer.text();
      } catch {
        return later();
      }
      if (answer.status === 401 || answer.type === "opaqueredirect") { leaves(answer); return later(); }
      if (answer.status >= 500 || answer.status === 429) return later();
      tries = 0;
      if (waiting().some((each) => each.id === item.id)) taken(item, answer, html);
    }
  }
  function later() {
    timer = setTimeout(send, 1000 * SEND_AGAIN[Math.min(tries, SEND_AGAIN.length - 1)]);
    tries += 1;
    told();
  }

  /** What the server said of a decision: stored, made on an old state, or refused. */
  function taken(item, answer, html) {
    const here = place()?.dataset.clause === item.clause;
    if (answer.status === 409) {
      put({ ...item, state: "stale" });
      if (here) show(html);
      return told();
    }
    if (!answer.ok) {
      const why = new DOMParser().parseFromString(html, "text/html").body.textContent.trim();
      put({ ...item, state: "refused", why });
      if (here) bring(item.clause);
      return told();
    }
    without(item.id);
    const found = new DOMParser().parseFromString(html, "text/html").getElementById("coding");
    const token = found?.querySelector("[name=stood]")?.value;
    const old = new URLSearchParams(item.body).get("stood");
    let more = false;
    for (const each of waiting()) {
      if (each.clause !== item.clause || each.state !== "waiting") continue;
      more = true;
      const body = new URLSearchParams(each.body);
      if (body.get("stood") === old) put({ ...each, body: rebased(body, token) });
    }
    forgetDraft(item, found);
    if (here && more) form().querySelector("[name=stood]").value = token;
    else {
      show(html, { quietly: found?.dataset.clause !== place()?.dataset.clause });
    }
    const heard = answer.headers.get("HX-Trigger");
    if (heard && new URLSearchParams(item.body).get("memo") === "" && found?.querySelector("[name=memo]")?.value) say(JSON.parse(heard).said.sentence);
    document.dispatchEvent(new CustomEvent("coding:saved", { detail: { clause: item.clause } }));
  }
  function rebased(body, token) {
    body.set("stood", token);
    return body.toString();
  }
  function done(clause, decided) {
    const article = document.getElementById(`clause-${clause}`);
    article?.querySelector("[data-decided]")?.remove();
    article?.toggleAttribute("data-done", decided);
  }
  const draftOf = (clause) => `${place().dataset.coder} ${clause}`;
  function forgetDraft(item, found) {
    const drafts = kept(DRAFTS, {});
    const stored = found?.querySelector("[name=memo]")?.value;
    const name = draftOf(item.clause);
    if (drafts[name] === undefined || (stored ?? "").trim() !== drafts[name].trim()) return;
    delete drafts[name];
    keep(DRAFTS, drafts);
  }

  /** Say what is not saved yet, and what to do about it. */
  function told() {
    const line = document.getElementById("unsaved");
    if (!line) return;
    const all = waiting();
    const was = !line.hidden && line.dataset.had === "yes";
    const parts = [];
    const own = all.filter((each) => each.state === "waiting" && mine(each));
    const others = all.filter((each) => !mine(each));
    if (own.length && tries) {
      parts.push(sentence(filled(words().waiting, { n: shownNumber(own.length) }), button(words().again, () => { tries = 0; send(); })));
    }
    if (others.length) {
      const who = others[0].coder.replace(/^person:/, "");
      parts.push(sentence(filled(words().other, { n: shownNumber(others.length), who })));
    }
    for (const state of ["stale", "refused"]) {
      const shown = place()?.hasAttribute("data-stale") ? place().dataset.clause : "";
      const some = all.filter((each) => each.state === state && mine(each) && each.clause !== shown);
      if (!some.length) continue;
      parts.push(sentence(filled(words()[state], { n: shownNumber(some.length) }), some[0].why ?? "",
        button(words().look, () => look(some[0])),
        ...(state === "refused" ? [button(words().again, again)] : []),
        button(words().drop, () => { without(some[0].id); told(); })));
    }
    line.replaceChildren(...parts);
    line.hidden = !parts.length;
    line.dataset.had = parts.length ? "yes" : "no";
    if (was && !parts.length) say(words().saved);
  }
  function sentence(text, ...rest) {
    const made = document.createElement("p");
    made.className = "warning";
    made.append(text, ...rest.flatMap((each) => [" ", each]));
    return made;
  }
  function button(text, press) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", press);
    return made;
  }

  /** Send once more what the server refused: what stood in the way may be gone. */
  function again() {
    const refused = (each) => each.state === "refused" && mine(each);
    keep(KEPT, waiting().map((each) => refused(each) ? { ...each, state: "waiting", why: undefined } : each));
    tries = 0;
    send();
  }

  /** Show a decision that was not stored beside what stands now, by asking once more. */
  function look(item) {
    const article = document.getElementById(`clause-${item.clause}`);
    if (item.state === "refused" || !article) {
      location.assign(`/clauses/${encodeURIComponent(item.clause)}${article ? "" : "/coding"}`);
      return;
    }
    choose(article, { load: false });
    place().dataset.clause = item.clause;
    put({ ...item, state: "waiting" });
    send();
  }

  // -- what is pressed, typed and clicked ------------------------------------------------------

  document.addEventListener("submit", (event) => {
    const kind = event.target.dataset?.coding;
    if (!kind || !place()?.contains(event.target)) return;
    event.preventDefault();
    if (kind === "undo") return undo();
    if (kind === "mine") {
      const clause = place().dataset.clause;
      keep(KEPT, waiting().filter((each) => !(each.clause === clause && each.state === "stale")));
      place().removeAttribute("data-stale");
      return queue({ clause, url: event.target.getAttribute("action"), body: new URLSearchParams(new FormData(event.target)).toString() });
    }
    decide(event.submitter);
  });

  /** What a button of the form means, put into the form, so that it stands when it is sent again. */
  function decide(button) {
    const box = (value) => [...form().querySelectorAll("[name=code]")].find((each) => each.value === value);
    if (button?.hasAttribute("data-coding-memo")) return memo();
    if (button?.name === "accept") {
      const codes = button.value === "*" ? [...form().querySelectorAll("[name=reject]")].map((each) => each.value) : [button.value];
      codes.forEach((value) => { if (box(value)) box(value).checked = true; });
      return submit();
    }
    if (button?.name === "reject" && box(button.value)) box(button.value).checked = false;
    if (button?.name === "nothing") form().querySelectorAll("[name=code]").forEach((each) => { each.checked = false; });
    if (button?.name === "unmark") [...form().querySelectorAll("[name=evidence]")].find((each) => each.value === button.value)?.remove();
    submit();
  }
  function memo() {
    if (place().dataset.decided === "yes") submit(); else say(words().memoLater);
  }
  async function undo() {
    const act = place().querySelector("form[data-coding='undo'] [name=act]").value;
    if (!act) return;
    if (waiting().some((each) => each.state === "waiting" && mine(each))) return say(words().undoLater);
    const clause = place().dataset.clause;
    try {
      const answer = await fetch("/code/undo", {
        method: "POST", body: new URLSearchParams({ act }), headers: { "HX-Request": "true" },
      });
      if (leaves(answer)) return;
      const html = await answer.text();
      const found = new DOMParser().parseFromString(html, "text/html");
      const panel = found.getElementById("coding");
      if (!panel) {
        say(found.body.textContent.trim());
        return bring(clause);
      }
      const article = document.getElementById(`clause-${panel.dataset.clause}`);
      if (article) choose(article, { load: false });
      if (article || panel.dataset.clause === clause) show(html); else bring(clause);
      say(JSON.parse(answer.headers.get("HX-Trigger") ?? "{}").said?.sentence ?? "");
      document.dispatchEvent(new CustomEvent("coding:saved", { detail: { clause: panel.dataset.clause } }));
    } catch {
      say(words().gone);
    }
  }

  document.addEventListener("change", (event) => {
    if (!form()?.contains(event.target)) return;
    if (event.target.name === "code") {
      if (event.target.checked && selected && selected.clause === place().dataset.clause) mark(event.target);
      submit();
    }
    if (event.target.name === "memo" && place().dataset.decided === "yes") submit();
  });
  document.addEventListener("input", (event) => {
    if (event.target.name !== "memo" || !form()?.contains(event.target)) return;
    if (!event.target.value) { event.target.dir = "auto"; event.target.removeAttribute("lang"); }
    keep(DRAFTS, { ...kept(DRAFTS, {}), [draftOf(place().dataset.clause)]: event.target.value });
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-coding='keep']")) {
      event.preventDefault();
      const clause = place().dataset.clause;
      keep(KEPT, waiting().filter((each) => !(each.clause === clause && each.state === "stale")));
      told();
      return bring(clause);
    }
    const article = event.target.closest("[data-clauses] [id^='clause-']");
    if (article && place()) choose(article, { focus: false });
  });
  document.addEventListener("focusin", (event) => {
    const article = event.target.closest?.("[data-clauses] [id^='clause-']");
    if (article && place() && article !== current()) choose(article, { focus: false });
  });
  document.addEventListener("mouseup", (event) => setTimeout(() => {
    if (selected && getSelection().isCollapsed && event.target.closest?.("[data-clauses]")) unselect(); else noticed();
  }));
  document.addEventListener("keyup", (event) => { if (event.shiftKey || event.key === "Shift") noticed(); });

  // Keys by what they say, or by their place where a Persian layout says something else.
  let digit = "";
  let digitTimer = null;
  function letter(event) {
    if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase();
    return /^Key[A-Z]$/.test(event.code) ? event.code.slice(3).toLowerCase() : "";
  }
  function digitOf(event) {
    const at = "۰۱۲۳۴۵۶۷۸۹".indexOf(event.key);
    if (at >= 0) return String(at);
    return /^[0-9]$/.test(event.key) ? event.key : "";
  }
  function showDigit() {
    const line = document.getElementById("coding-digit");
    if (!line) return;
    line.hidden = !digit;
    line.textContent = digit ? filled(words().key, { n: shownNumber(Number(digit)) }) : "";
  }
  function endDigit() {
    clearTimeout(digitTimer);
    const number = digit;
    digit = "";
    showDigit();
    if (number) press(Number(number));
  }
  function typed(one) {
    const most = form().querySelectorAll("[data-key-number]").length;
    if (!digit && one === "0") return decide(form().querySelector("[name=nothing]"));
    const number = Number(digit + one);
    if (digit && number > most) {
      endDigit();
      return typed(one);
    }
    digit += one;
    if (number * 10 > most) return endDigit();
    showDigit();
    clearTimeout(digitTimer);
    digitTimer = setTimeout(endDigit, DIGIT_WAIT);
  }

  document.addEventListener("keydown", (event) => {
    if (!place() || event.defaultPrevented) return;
    if (event.target.name === "memo" && place().contains(event.target)) {
      if (event.key === "Escape") (current() ?? place()).focus();
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); memo(); }
      return;
    }
    if (typing(event) || document.querySelector("dialog[open]")) return;
    const plainKey = letter(event);
    if (digit && !digitOf(event)) {
      endDigit();
      if (event.key === "Enter") return event.preventDefault();
    }
    if (event.key === "Escape" && selected) {
      getSelection().removeAllRanges();
      return unselect();
    }
    if (plainKey === "j" || plainKey === "k") {
      event.preventDefault();
      return step(plainKey === "j" ? 1 : -1);
    }
    if (!canCode()) return;
    if (digitOf(event)) {
      event.preventDefault();
      return typed(digitOf(event));
    }
    if (plainKey === "u") {
      event.preventDefault();
      return undo();
    }
    if (plainKey === "m") {
      event.preventDefault();
      return form().querySelector("[name=memo]")?.focus();
    }
    if (event.key === "Enter" && !event.target.closest("a, button, summary, label, input")) {
      event.preventDefault();
      const accept = form().querySelector("[data-coding-key='Enter']");
      if (accept && place().dataset.decided !== "yes") decide(accept);
      step(1);
    }
  });

  // -- coming and going ------------------------------------------------------------------------

  window.addEventListener("online", () => { tries = 0; send(); });
  window.addEventListener("storage", (event) => { if (event.key === KEPT) told(); });
  window.addEventListener("beforeunload", (event) => {
    const stored = (() => { try { return localStorage.getItem(KEPT); } catch { return null; } })();
    if (stored === null && waiting().length) event.preventDefault();
  });

  function begin() {
    if (!place()) return;
    const named = location.hash.startsWith("#clause-") ? document.getElementById(location.hash.slice(1)) : null;
    const first = named?.closest("[data-clauses]") ? named : current() ?? document.querySelector("[data-choose] [id^='clause-']");
    if (first && place().dataset.clause !== idOf(first)) {
      current()?.removeAttribute("aria-current");
      choose(first, { focus: Boolean(named) });
    }
    told();
    send();
  }
  document.addEventListener("htmx:after:swap", begin);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();
