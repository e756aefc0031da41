/* On phones the strip of sections begins where one is: the current section is scrolled into it, once a page. */
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

  window.addEventListener("resize", () => { seen = null; reveal(); });
  new MutationObserver(reveal).observe(document.body, { childList: true, subtree: true });
  reveal();
})();
