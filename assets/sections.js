/* The tabs of a long page tell where one is. What is wider than the phone begins where it matters, once a page: the strip of sections at the current one, the heat
   map at its newest days. */
(function () {
  "use strict";

  let seen = null;

  function reveal() {
    const strip = document.querySelector("nav.sections");
    if (!strip || strip === seen) { return; }
    const link = strip.querySelector("a.on");
    if (!link || !link.offsetWidth) { return; }
    seen = strip;
    strip.scrollLeft = link.offsetLeft - (strip.clientWidth - link.offsetWidth) / 2;
  }

  /* Tabs that lead to places of the page itself: the current one is the last whose place is near the top. */
  function follow() {
    const links = [...document.querySelectorAll("nav.tabs a")].filter((link) => link.hash && link.pathname === location.pathname);
    const atEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2 && window.scrollY > 0;
    const passed = links.filter((link) => {
      const place = document.getElementById(link.hash.slice(1));
      return place && (atEnd || place.getBoundingClientRect().top < 160);
    });
    const current = passed[passed.length - 1] || links[0];
    links.forEach((link) => link.classList.toggle("on", link === current));
  }
  window.addEventListener("scroll", follow, { passive: true });

  const shown = new WeakSet();
  function newest() {
    document.querySelectorAll(".hm-wrap").forEach((place) => {
      if (shown.has(place) || !place.querySelector(".hm")) { return; }
      shown.add(place);
      place.scrollLeft = place.scrollWidth;
    });
  }

  window.addEventListener("resize", () => { seen = null; reveal(); });
  new MutationObserver(() => { reveal(); newest(); follow(); }).observe(document.body, { childList: true, subtree: true });
  reveal();
})();
