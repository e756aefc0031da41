/* What is wider than the phone begins where it matters, once a page: the strip of sections at the current one, the heat
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

  const shown = new WeakSet();
  function newest() {
    document.querySelectorAll(".hm-wrap").forEach((place) => {
      if (shown.has(place) || !place.querySelector(".hm")) { return; }
      shown.add(place);
      place.scrollLeft = place.scrollWidth;
    });
  }

  window.addEventListener("resize", () => { seen = null; reveal(); });
  new MutationObserver(() => { reveal(); newest(); }).observe(document.body, { childList: true, subtree: true });
  reveal();
})();
