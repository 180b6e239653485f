// Sending files: dropped or chosen, one after the other, with a bar; the server goes on by itself.
"use strict";

(() => {
  const form = document.getElementById("add");
  if (!form) return;
  const drop = document.getElementById("drop");
  const list = document.getElementById("chosen");
  const button = document.getElementById("send");
  const bar = document.getElementById("sent");
  const said = document.getElementById("sending");
  const most = Number(form.dataset.most);
  const AT_ONCE = 32 * 2 ** 20;
  let chosen = [];
  let work = null;

  for (const each of form.querySelectorAll(".with-script")) each.hidden = false;
  drop.classList.add("scripted");
  button.disabled = true;

  const figure = (value) => new Intl.NumberFormat(form.dataset.digits, { maximumFractionDigits: 1 }).format(value);
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  const sized = (bytes) => bytes < 2 ** 20
    ? filled(form.dataset.kb, { n: figure(Math.ceil(bytes / 1024)) }) : filled(form.dataset.mb, { n: figure(bytes / 2 ** 20) });

  function show() {
    list.hidden = chosen.length === 0;
    list.replaceChildren(...chosen.slice(0, 500).map(({ file, name }) => {
      const line = document.createElement("li");
      const what = document.createElement("bdi");
      const size = document.createElement("span");
      what.textContent = name;
      size.className = "soft";
      size.textContent = file.size > most ? form.dataset.tooLarge : sized(file.size);
      line.append(what, size);
      return line;
    }));
    said.textContent = chosen.length ? filled(form.dataset.chosen, { n: figure(chosen.length) }) : "";
    button.disabled = !chosen.some(({ file }) => file.size <= most);
  }

  function take(files) {
    for (const [file, name] of files) {
      const same = chosen.some((each) => each.name === name && each.file.size === file.size);
      if (!same && !name.split("/").some((part) => part.startsWith("."))) chosen.push({ file, name });
    }
    show();
  }

  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      take([...input.files].map((file) => [file, file.webkitRelativePath || file.name]));
      input.value = "";
    });
  }

  // A dropped folder is walked to the bottom.
  async function walk(entry, found) {
    if (entry.isFile) {
      const file = await new Promise((done, failed) => entry.file(done, failed));
      found.push([file, entry.fullPath.replace(/^\//, "")]);
    } else if (entry.isDirectory) {
      const reader = entry.createReader();
      for (;;) {
        const part = await new Promise((done, failed) => reader.readEntries(done, failed));
        if (part.length === 0) break;
        for (const each of part) await walk(each, found);
      }
    }
  }
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("over"); });
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const found = [];
    if (entries.length) for (const entry of entries) await walk(entry, found);
    else for (const file of event.dataTransfer.files) found.push([file, file.name]);
    take(found);
  });

  /** Send some files; resolves to what the server answered. */
  function send(files, onProgress) {
    return new Promise((done, failed) => {
      const body = new FormData();
      for (const { file, name } of files) body.append("files", file, name);
      const request = new XMLHttpRequest();
      request.open("POST", `/add?series=1${work === null ? "" : `&to=${work}`}`);
      request.setRequestHeader("HX-Request", "true"); // faults come as a sentence, not as a page
      request.upload.onprogress = (event) => onProgress(event.loaded);
      request.onerror = () => failed(new Error(""));
      request.onload = () => {
        if (request.status === 200) done(JSON.parse(request.responseText));
        else failed(new Error(new DOMParser().parseFromString(request.responseText, "text/html").body.textContent.trim()));
      };
      request.send(body);
    });
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fitting = chosen.filter(({ file }) => file.size <= most);
    const total = fitting.reduce((sum, { file }) => sum + file.size, 0);
    let before = 0;
    button.disabled = true;
    bar.hidden = false;
    const moved = (bytes) => {
      const done = Math.min(total, before + bytes);
      bar.value = total ? done / total : 1;
      said.textContent = filled(form.dataset.sending, { done: figure(done / 2 ** 20), of: figure(total / 2 ** 20) });
    };
    try {
      while (fitting.length) {
        const group = [fitting.shift()];
        let size = group[0].file.size;
        while (fitting.length && group.length < 50 && size + fitting[0].file.size <= AT_ONCE) {
          size += fitting[0].file.size;
          group.push(fitting.shift());
        }
        const answer = await send(group, moved);
        work = answer.work;
        before += size;
        chosen = chosen.filter((each) => !group.includes(each)); // what was sent is not sent again
      }
      const answer = await fetch("/add/begin", { method: "POST", body: new URLSearchParams({ to: work }) });
      if (!answer.ok) throw new Error(await answer.text());
      location.assign((await answer.json()).address);
    } catch (error) {
      show();
      bar.hidden = true;
      said.textContent = error.message && !(error instanceof TypeError)
        ? filled(form.dataset.refused, { why: error.message }) : form.dataset.lost;
      button.disabled = false;
    }
  });
})();
