/* Days are read in the language of the page: the browser writes a field of days in its own, which may be another one.
   While one types, the browser's own field is there; the calendar and the value stay its own too. */
(function () {
  "use strict";
  const FIELDS = 'input[type="date"]';
  const locale = { en: "en-GB" }[document.documentElement.lang] || "ru-RU";
  const parts = document.documentElement.lang === "en"
    ? { day: "numeric", month: "short", year: "numeric" } : { day: "2-digit", month: "2-digit", year: "numeric" };
  const format = new Intl.DateTimeFormat(locale, { ...parts, timeZone: "UTC" });

  function dress(field) {
    const day = field.valueAsDate;
    const words = day ? format.format(day) : "";
    if (field.dataset.day !== words) { field.dataset.day = words; }
  }
  function dressAll() { document.querySelectorAll(FIELDS).forEach(dress); }

  document.addEventListener("input", (event) => { if (event.target.matches?.(FIELDS)) { dress(event.target); } });
  document.addEventListener("reset", () => setTimeout(dressAll));
  new MutationObserver(dressAll).observe(document.documentElement, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["value"],
  });
  dressAll();
})();
