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
  const ASK_AGAIN = 3000; // milliseconds after which a panel that did not come is asked for again

  /** Whether the panel is still that of another clause than the current one. */
  const behind = () => Boolean(current()) && place()?.dataset.clause !== idOf(current());

  /** Make a clause the current one and bring its panel. */
  function choose(article, { focus = true, load = true, named = true } = {}) {
    const before = current();
    if (before && before !== article) before.removeAttribute("aria-current");
    article.setAttribute("aria-current", "true");
    if (named) nameInAddress(article);
    if (focus) {
      if (!article.contains(document.activeElement)) article.focus({ preventScroll: true });
      article.scrollIntoView({ block: article.offsetHeight > innerHeight / 2 ? "start" : "nearest" });
    }
    if (selected && selected.clause !== idOf(article)) unselect();
    if (before === article && place()?.dataset.clause === idOf(article)) return;
    article.dispatchEvent(new CustomEvent("coding:clause", { bubbles: true, detail: { clause: idOf(article) } }));
    if (load) bring(idOf(article));
  }

  let naming = null;
  /** The address names the clause, so that a reload comes back to it; browsers refuse to be told
      too often, as while a key is held down. */
  function nameInAddress(article) {
    clearTimeout(naming);
    naming = setTimeout(() => {
      if (current() !== article) return;
      history.replaceState(history.state, "", `#${article.id}`);
      document.querySelectorAll("[data-here]").forEach((each) => { each.value = location.pathname + location.search + location.hash; });
    }, 250);
  }
  const outOfSight = (article) => {
    const box = article.getBoundingClientRect();
    return box.bottom <= 0 || box.top >= innerHeight;
  };

  /** Bring the panel of a clause; only the one asked for last is shown, and nothing is pressed in
      another's meanwhile. What was decided on the clause is stored before. */
  function bring(clause, wait = 60) {
    const mine = ++asked;
    clearTimeout(loading);
    place().setAttribute("aria-busy", "true");
    place().inert = place().dataset.clause !== clause;
    loading = setTimeout(async () => {
      if (waiting().some((each) => each.clause === clause && each.state === "waiting" && isMine(each))) {
        send();
        return bring(clause, tries ? ASK_AGAIN : 150);
      }
      try {
        const hits = new URLSearchParams(hitsOf(clause).map((each) => ["hit", each]));
        const answer = await fetch(`/clauses/${encodeURIComponent(clause)}/coding?${hits}`, { headers: { "HX-Request": "true" } });
        if (leaves(answer)) return;
        const html = await answer.text();
        if (mine === asked) show(html);
      } catch {
        if (mine !== asked) return;
        if (wait !== ASK_AGAIN) say(words().gone); // once
        dropEarly();
        bring(clause, ASK_AGAIN);
      }
    }, wait);
  }

  /** Where words that a search found stand in a clause, so that its text can come with them anew. */
  function hitsOf(clause) {
    const marks = document.getElementById(`clause-${clause}`)?.querySelectorAll(":scope > .text mark.hit") ?? [];
    return [...marks].map((each) => {
      const start = Number(each.dataset.start);
      return `${start}-${start + Array.from(plain(each)).length}`;
    });
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
      dropEarly();
      place().inert = false;
      place().removeAttribute("aria-busy");
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
    panel.inert = behind();
    if (same) {
      const all = panel.querySelectorAll("details");
      open.forEach((number) => { if (all[number]) all[number].open = true; });
      panel.scrollTop = top;
    }
    if (focused) {
      const again = focused.id ? document.getElementById(focused.id)
        : focused.name ? panel.querySelector(`[name="${CSS.escape(focused.name)}"][value="${CSS.escape(focused.value)}"]`) : null;
      (again && !again.disabled ? again : current() ?? panel.querySelector("input, button"))?.focus({ preventScroll: true });
      goOnTyping(focused, again);
    }
    const here = panel.querySelector("[data-here]");
    if (here) here.value = `${location.pathname}${location.search}#clause-${panel.dataset.clause}`;
    const memo = panel.querySelector("[name=memo]");
    const draft = kept(DRAFTS, {})[draftOf(panel.dataset.clause)];
    if (memo && draft !== undefined) memo.value = draft;
    showDraft();
    if (panel.hasAttribute("data-stale")) document.getElementById("coding-stale").focus();
    showSelected();
    nameSheet();
    window.htmx?.process(panel);
    typedEarly();
  }

  /** A memo that is not stored yet does not look like one that is. */
  function showDraft() {
    const memo = form()?.querySelector("[name=memo]");
    if (memo) document.getElementById("coding-draft").hidden = memo.value.trim() === memo.defaultValue.trim();
  }

  /** What was being typed goes on where it was, in the panel that has come. */
  function goOnTyping(before, now) {
    if (!now || now === before || !("selectionStart" in before) || before.type === "checkbox") return;
    now.value = before.value;
    now.setSelectionRange(before.selectionStart, before.selectionEnd);
    if (now.id === "coding-find") narrow(now.value);
    showDraft();
  }

  /** Bring the codes and marked words of a clause in the list up to date. */
  function refresh(clause, parts) {
    const article = document.getElementById(`clause-${clause}`);
    if (!article) return;
    const text = article.querySelector(":scope > .text");
    const codes = article.querySelector(".codes");
    const fresh = parts.querySelector(".codes");
    if (fresh) codes ? codes.replaceWith(document.importNode(fresh, true)) : text?.after(document.importNode(fresh, true));
    const inUse = text && !getSelection().isCollapsed && text.contains(getSelection().anchorNode);
    const marked = parts.querySelector(".text");
    const whole = marked?.querySelector("mark.hit") || !text?.querySelector("mark.hit");
    if (text && marked && whole && !inUse) text.replaceWith(document.importNode(marked, true));
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

  let sent = ""; // the clause and the memo of the last decision: leaving the field sends no other

  /** Keep a decision in the browser and send it; what the panel shows is what is wanted. */
  function submit({ ofMemo = false } = {}) {
    if (!canCode()) return;
    const fields = new FormData(form());
    const body = new URLSearchParams();
    const checked = new Set(fields.getAll("code"));
    for (const [name, value] of fields) {
      if (name !== "evidence" || checked.has(value.slice(0, value.lastIndexOf(":")))) body.append(name, value);
    }
    if (!body.get("words") || !body.get("words_for")) { body.delete("words"); body.delete("words_for"); }
    const clause = place().dataset.clause;
    sent = [clause, fields.get("memo")].join(" ");
    hitsOf(clause).forEach((each) => body.append("hit", each));
    say(""); // what was said of the act before is no answer to this one
    place().dataset.decided = "yes";
    form().querySelectorAll(".code-row").forEach((row) => row.classList.toggle("applied", row.querySelector("[name=code]").checked));
    queue({ clause, url: `/clauses/${encodeURIComponent(clause)}/coding`, body: body.toString(), ofMemo });
  }

  function queue(item) {
    const all = waiting();
    keep(KEPT, [...all, { ...item, id: `${Date.now()}-${Math.random()}`, coder: place().dataset.coder, state: "waiting" }]);
    send();
  }
  const without = (id) => keep(KEPT, waiting().filter((each) => each.id !== id));
  const put = (changed) => keep(KEPT, waiting().map((each) => each.id === changed.id ? changed : each));
  const isMine = (item) => Boolean(place()?.dataset.coder) && item.coder === place().dataset.coder;

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
      const item = waiting().find((each) => each.state === "waiting" && isMine(each));
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
    const emptied = new URLSearchParams(item.body).get("memo") === "" && found?.querySelector("[name=memo]")?.value;
    if (heard && emptied) say(JSON.parse(heard).said.sentence);
    else if (item.ofMemo) say(words().memoKept);
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
    const own = all.filter((each) => each.state === "waiting" && isMine(each));
    const others = all.filter((each) => !isMine(each));
    if (own.length && tries) {
      parts.push(sentence(filled(words().waiting, { n: shownNumber(own.length) }), button(words().again, () => { tries = 0; send(); })));
    }
    if (others.length) {
      const who = others[0].coder.replace(/^person:/, "");
      parts.push(sentence(filled(words().other, { n: shownNumber(others.length), who })));
    }
    for (const state of ["stale", "refused"]) {
      const shown = place()?.hasAttribute("data-stale") ? place().dataset.clause : "";
      const some = all.filter((each) => each.state === state && isMine(each) && each.clause !== shown);
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
    const refused = (each) => each.state === "refused" && isMine(each);
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
    if (place().dataset.decided === "yes") submit({ ofMemo: true }); else say(words().memoLater);
  }
  async function undo() {
    const from = place().querySelector("form[data-coding='undo']");
    const [act, { of, ask }] = [from.querySelector("[name=act]").value, from.dataset];
    if (!act) return;
    if (waiting().some((each) => each.state === "waiting" && isMine(each))) return say(words().undoLater);
    // Of a clause that is not on this page one is asked first; the question holds while it stands.
    const isAsked = document.getElementById("said").textContent.startsWith(ask);
    if (of && !document.getElementById(`clause-${of}`) && !isAsked) return say(ask, linkTo(`/clauses/${encodeURIComponent(of)}`));
    say("");
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
      if (hitsOf(panel.dataset.clause).length) bring(panel.dataset.clause);
      const heard = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}").said;
      if (heard) say(heard.sentence, linkTo(heard.link));
      document.dispatchEvent(new CustomEvent("coding:saved", { detail: { clause: panel.dataset.clause } }));
    } catch {
      say(words().gone);
    }
  }

  const linkTo = (href) => ({ href, words: words().look });

  document.addEventListener("change", (event) => {
    if (!form()?.contains(event.target)) return;
    if (event.target.name === "code") {
      if (event.target.checked && selected && selected.clause === place().dataset.clause) mark(event.target);
      submit();
    }
    const typed = [place().dataset.clause, event.target.value].join(" ");
    if (event.target.name === "memo" && place().dataset.decided === "yes" && typed !== sent) submit({ ofMemo: true });
  });
  document.addEventListener("input", (event) => {
    if (event.target.id === "coding-find") return void narrow(event.target.value);
    if (event.target.name !== "memo" || !form()?.contains(event.target)) return;
    if (!event.target.value) { event.target.dir = "auto"; event.target.removeAttribute("lang"); }
    keep(DRAFTS, { ...kept(DRAFTS, {}), [draftOf(place().dataset.clause)]: event.target.value });
    showDraft();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-coding='keep']")) {
      event.preventDefault();
      const clause = place().dataset.clause;
      keep(KEPT, waiting().filter((each) => !(each.clause === clause && each.state === "stale")));
      told();
      return bring(clause);
    }
    if (event.target.closest("#coding-toggle")) return openSheet(!isOpen());
    const article = event.target.closest("[data-clauses] [id^='clause-']");
    if (article && place()) {
      if (article !== current()) dropEarly();
      choose(article, { focus: false });
    }
  });
  document.addEventListener("focusin", (event) => {
    const article = event.target.closest?.("[data-clauses] [id^='clause-']");
    if (article && place() && article !== current()) {
      dropEarly();
      choose(article, { focus: false });
    }
  });
  document.addEventListener("mouseup", (event) => setTimeout(() => {
    if (selected && getSelection().isCollapsed && event.target.closest?.("[data-clauses]")) unselect(); else noticed();
  }));
  // Fingers select words without a mouse: once they rest, that is what is selected.
  let resting = null;
  document.addEventListener("selectionchange", () => {
    if (!matchMedia("(pointer: coarse)").matches) return;
    clearTimeout(resting);
    resting = setTimeout(noticed, 400);
  });
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
    openSheet(true, { focus: false });
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

  // Keys that were typed before the panel of their clause had come wait for it, in their order.
  let early = [];
  function typedEarly() {
    while (early.length && !behind()) pressed(early.shift());
  }
  function dropEarly() {
    if (early.length) say(words().early);
    early = [];
  }

  document.addEventListener("keydown", (event) => {
    if (!place() || event.defaultPrevented) return;
    if (event.target.name === "memo" && place().contains(event.target)) {
      if (event.key === "Escape") { event.preventDefault(); (current() ?? place()).focus(); }
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); memo(); }
      return;
    }
    if (event.target.id === "coding-find") return finding(event);
    if (typing(event) || document.querySelector("dialog[open]")) return;
    const meant = digitOf(event) || letter(event) || event.key;
    const moves = meant === "j" || meant === "k";
    const decides = (/^[0-9umf]$/.test(meant) || meant === "Enter") && !event.target.closest(ENTERED);
    if (behind() && place().hasAttribute("aria-busy") && place().dataset.coder && (decides || (moves && early.length))) {
      event.preventDefault();
      early.push({ key: event.key, code: event.code, target: event.target, preventDefault() {} });
      return;
    }
    pressed(event);
  });

  // Enter on these is theirs.
  const ENTERED = "a, button, summary, label, input";

  function pressed(event) {
    const plainKey = letter(event);
    if (digit && !digitOf(event)) {
      endDigit();
      if (event.key === "Enter") return event.preventDefault();
    }
    if (event.key === "Escape" && selected) {
      getSelection().removeAllRanges();
      return unselect();
    }
    if (event.key === "Escape" && isOpen()) return openSheet(false);
    if (plainKey === "j" || plainKey === "k") {
      event.preventDefault();
      return step(plainKey === "j" ? 1 : -1);
    }
    if (!canCode()) return;
    const decides = digitOf(event) || (event.key === "Enter" && !event.target.closest(ENTERED));
    if (decides && !digit && !isSheet() && current() && outOfSight(current())) {
      event.preventDefault();
      choose(current());
      return say(words().unseen);
    }
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
      openSheet(true, { focus: false });
      return reveal(form().querySelector(".memo"), form().querySelector("[name=memo]"));
    }
    if (plainKey === "f" && document.getElementById("coding-find")) {
      event.preventDefault();
      openSheet(true, { focus: false });
      return reveal(document.getElementById("coding-find"));
    }
    if (event.key === "Enter" && !event.target.closest(ENTERED)) {
      event.preventDefault();
      const accept = form().querySelector("[data-coding-key='Enter']");
      if (accept && place().dataset.decided !== "yes") decide(accept);
      step(1);
    }
  }

  // -- finding a code by its name --------------------------------------------------------------

  const folded = (text) => text.toLowerCase().replace(/ي/g, "ی").replace(/ك/g, "ک").replace(/[\s\u200c\u064b-\u065f\u0670ـ-]+/g, "");
  const rows = () => [...(form()?.querySelectorAll(".code-row") ?? [])];

  /** Show the codes whose names hold what was typed; those that begin with it can be taken first. */
  function narrow(typed) {
    const key = folded(typed);
    const names = (row) => row.dataset.names.split("|").map(folded);
    const fit = (row) => !key || names(row).some((name) => name.includes(key));
    rows().forEach((row) => { row.hidden = !fit(row); row.classList.remove("first"); });
    const left = rows().filter((row) => !row.hidden);
    const first = left.find((row) => names(row).some((name) => name.startsWith(key))) ?? left[0];
    const line = document.getElementById("coding-digit");
    line.hidden = !key;
    line.textContent = "";
    if (!key) return null;
    if (!first) line.textContent = words().none;
    else {
      first.classList.add("first");
      line.textContent = filled(words().fits, { n: shownNumber(left.length), code: first.querySelector(".code-name").textContent.trim() });
    }
    return first ?? null;
  }
  function finding(event) {
    const field = event.target;
    if (event.key === "Escape") {
      event.preventDefault();
      field.value = "";
      narrow("");
      return (current() ?? place()).focus();
    }
    if (event.key !== "Enter") return;
    event.preventDefault();
    const first = field.value.trim() ? narrow(field.value) : null;
    if (!first) return;
    field.value = "";
    narrow("");
    press(first.querySelector("[name=code]").dataset.keyNumber);
  }

  // -- the sheet that the panel is on small screens --------------------------------------------

  const side = () => document.querySelector(".coding-side");
  const toggle = () => document.getElementById("coding-toggle");
  const isSheet = () => Boolean(toggle()?.offsetParent); // it is shown on small screens alone
  const isOpen = () => isSheet() && side().hasAttribute("data-open");

  /** Open or close the sheet; the focus goes into it, and back to where it was opened. */
  function openSheet(open, { focus = true } = {}) {
    if (!isSheet() || open === isOpen()) return;
    side().toggleAttribute("data-open", open);
    toggle().setAttribute("aria-expanded", String(open));
    current()?.scrollIntoView({ block: "nearest" });
    if (open && focus) place().focus({ preventScroll: true });
    if (!open && (side().contains(document.activeElement) || document.activeElement === document.body)) toggle().focus();
  }
  /** Bring a part of the panel into view and something in it into focus; the page stays where it
      is, so that the clause does not go out of sight. */
  function reveal(part, focused = part) {
    const scrolled = isSheet() ? place() : side() ?? place();
    const [inside, around] = [part.getBoundingClientRect(), scrolled.getBoundingClientRect()];
    const isHigh = inside.height > around.height;
    if (inside.top < around.top || isHigh) scrolled.scrollTop += inside.top - around.top - 8;
    else if (inside.bottom > around.bottom) scrolled.scrollTop += inside.bottom - around.bottom + 8;
    focused.focus({ preventScroll: true });
  }

  /** The panel ends where the screen does, also while it stands below the head of the page. */
  function fit() {
    const top = Math.max(side().getBoundingClientRect().top, 0);
    side().style.maxHeight = isSheet() ? "" : `max(40vh, calc(100vh - ${Math.round(top)}px - .75rem))`;
  }

  /** The button of the sheet says which clause it is about. */
  function nameSheet() {
    const name = document.getElementById("coding-named");
    if (name) name.textContent = place().querySelector(".title")?.textContent ?? "";
  }

  // -- coming and going ------------------------------------------------------------------------

  window.addEventListener("online", () => { tries = 0; send(); });
  window.addEventListener("storage", (event) => { if (event.key === KEPT) told(); });
  window.addEventListener("beforeunload", (event) => {
    const stored = (() => { try { return localStorage.getItem(KEPT); } catch { return null; } })();
    if (stored === null && waiting().length) event.preventDefault();
  });

  let hint = null; // what the panel says while no clause is chosen
  function begin() {
    if (!place()) return;
    hint ??= place().dataset.clause ? null : place().innerHTML;
    if (hint !== null && place().dataset.clause && !document.getElementById(`clause-${place().dataset.clause}`)) {
      delete place().dataset.clause;
      place().innerHTML = hint; // the page was turned: its clause is out of sight
      nameSheet();
    }
    const fresh = !place().dataset.clause && !place().hasAttribute("aria-busy");
    const target = fresh && location.hash.startsWith("#clause-") ? document.getElementById(location.hash.slice(1)) : null;
    const named = target?.closest("[data-clauses]") ? target : null;
    const first = named ?? current() ?? document.querySelector("[data-choose] [id^='clause-']");
    if (first && place().dataset.clause !== idOf(first)) {
      current()?.removeAttribute("aria-current");
      choose(first, { focus: Boolean(named), named: false });
    }
    if (side()) fit();
    told();
    send();
  }
  for (const each of ["scroll", "resize"]) window.addEventListener(each, () => { if (side()) fit(); }, { passive: true });
  document.addEventListener("htmx:after:swap", (event) => {
    begin();
    if (event.detail?.ctx?.target?.id === "coding-history") reveal(document.querySelector("#coding-history > .history"));
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();
