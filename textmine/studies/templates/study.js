function arrive() {
  const target = document.getElementById(location.hash.slice(1));
  if (target && target.matches(".list")) target.focus({ preventScroll: true });
}
addEventListener("hashchange", arrive);
arrive();
