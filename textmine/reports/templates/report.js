// Persian is typed with letters and digits of several keyboards.
function folded(text) {
  return text
    .toLowerCase()
    .replace(/[يى]/g, "ی")
    .replace(/ك/g, "ک")
    .replace(/[۰-۹]/g, (digit) => digit.charCodeAt(0) - 0x6f0)
    .replace(/[\u200c\u064b-\u065f]/g, "");
}

function fill(list) {
  const filter = document.getElementById("filter").content.cloneNode(true);
  const rows = [...list.querySelectorAll("li")];
  for (const row of rows) {
    const card = document.getElementById(row.firstElementChild.hash.slice(1));
    const copy = card.cloneNode(true);
    copy.removeAttribute("id");
    const from = card.closest(".group").querySelector(".doc").cloneNode(true);
    copy.firstElementChild.prepend(from, " · ");
    row.append(copy);
  }
  filter.querySelector("input").addEventListener("input", (event) => {
    const words = folded(event.target.value).split(/\s+/);
    for (const row of rows) {
      const text = folded(row.textContent);
      row.hidden = !words.every((word) => text.includes(word));
    }
  });
  list.classList.add("full");
  list.querySelector("ol").before(filter);
}

function arrive() {
  const target = document.getElementById(location.hash.slice(1));
  if (!target) return;
  if (target.matches("details")) target.open = true;
  if (!target.matches(".list")) return;
  if (!target.classList.contains("full")) fill(target);
  target.focus({ preventScroll: true });
}
addEventListener("hashchange", arrive);
arrive();
