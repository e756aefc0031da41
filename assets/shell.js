/* The shell without the server: the folded bar, the menu of phones, menus that close, the current link, counting ages. */
(function () {
  "use strict";
  const root = document.documentElement;
  const KEY = "traffic-dashboard.bar";
  const laptop = window.matchMedia("(max-width: 1279px)");
  const phone = window.matchMedia("(max-width: 767px)");

  function chosenBar() {
    try { return localStorage.getItem(KEY); } catch (denied) { return null; }
  }
  function rememberBar(state) {
    try { localStorage.setItem(KEY, state); } catch (denied) { /* private windows may refuse; the bar still folds */ }
  }
  function showBar() {
    const state = chosenBar() || (laptop.matches ? "folded" : "wide");
    root.dataset.bar = state;
    const button = document.querySelector('button[data-menu="fold"]');
    const expanded = String(state === "wide");
    if (button && button.getAttribute("aria-expanded") !== expanded) { button.setAttribute("aria-expanded", expanded); }
  }
  function setMenu(open) {
    root.dataset.menu = open ? "open" : "closed";
    document.querySelector('button[data-menu="open"]')?.setAttribute("aria-expanded", String(open));
    if (open) { document.querySelector("#site a")?.focus(); }
  }
  showBar();
  laptop.addEventListener("change", showBar);

  const pressed = {
    fold() {
      if (phone.matches) { setMenu(false); return; }
      const state = root.dataset.bar === "folded" ? "wide" : "folded";
      rememberBar(state);
      showBar();
    },
    open() { setMenu(true); },
    close() { setMenu(false); },
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-menu]");
    if (button) { pressed[button.dataset.menu]?.(); }
    if (event.target.closest("#site a")) { setMenu(false); }
    document.querySelectorAll("details.pick[open]").forEach((menu) => {
      if (!menu.contains(event.target)) { menu.open = false; }
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") { return; }
    if (root.dataset.menu === "open") { setMenu(false); document.querySelector('.top [data-menu="open"]')?.focus(); }
    document.querySelectorAll("details.pick[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  /* The link of the page one is on. The address may change without a reload. */
  let shown = null;
  function markCurrent() {
    const links = document.querySelectorAll("#site a.nav");
    const state = location.pathname + "|" + links.length;
    if (state === shown || !links.length) { return; }
    shown = state;
    links.forEach((link) => {
      const same = new URL(link.href).pathname === location.pathname;
      if (same) { link.setAttribute("aria-current", "page"); } else { link.removeAttribute("aria-current"); }
    });
  }

  /* "8 s ago" goes on counting, and turns yellow and red when the source is late. */
  function age(seconds, units) {
    const sizes = [[86400, 3], [3600, 2], [60, 1], [1, 0]];
    const [size, unit] = sizes.find(([least]) => seconds >= least) || sizes[3];
    return Math.floor(seconds / size) + "\u00a0" + units[unit];
  }
  function count() {
    document.querySelectorAll("time[data-units]").forEach((place) => {
      const seconds = Math.max(0, (Date.now() - Date.parse(place.dateTime)) / 1000);
      const text = age(seconds, place.dataset.units.split("|"));
      if (place.firstChild && place.firstChild.nodeValue !== text) { place.firstChild.nodeValue = text; }
      const source = place.closest(".source");
      if (source?.dataset.limits) {
        const [stale, old] = source.dataset.limits.split("|").map(Number);
        source.dataset.state = seconds < stale ? "fresh" : seconds < old ? "stale" : "old";
      }
    });
  }
  new MutationObserver(() => { markCurrent(); showBar(); }).observe(document.body, { childList: true, subtree: true });
  setInterval(count, 1000);
})();
