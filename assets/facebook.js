/* What forms.js cannot do on the settings tab "Facebook": opening Facebook's dialog, looking through the accounts, and
   keeping the changes of campaigns while pages are turned. */
(function () {
  "use strict";

  async function connect(button) {
    button.disabled = true;
    try {
      window.location.assign((await window.trafficForms.ask("POST", "/api/traffic-admin/facebook/oauth-url", {})).url);
    } catch (refused) {
      const place = document.getElementById("facebook-said");
      place.hidden = false;
      place.className = "banner bad facebook-said";
      place.textContent = refused.message;
      place.scrollIntoView({ block: "nearest" });
    } finally { button.disabled = false; }
  }

  function pick(card, wanted) {
    card.querySelectorAll("tr[data-search]:not([hidden]) input[type=checkbox]").forEach((box) => {
      if (box.checked !== wanted) { box.click(); }
    });
  }

  /* -- campaigns: id to whether it is to count; what is shown is never changed by turning a page */

  const waiting = new Map();
  let sent = new Map();

  const form = () => document.getElementById("facebook-campaigns-form");
  const rows = () => Array.from(document.querySelectorAll("tr[data-campaign]"));
  const box = (row) => row.querySelector("input[type=checkbox]");
  const counts = (row) => row.dataset.on === "1";

  function tell() {
    const place = form();
    if (!place) { return; }
    [["track", true], ["untrack", false]].forEach(([name, wanted]) => {
      const chosen = Array.from(waiting.keys()).filter((id) => waiting.get(id) === wanted);
      place.querySelector(`[data-field="${name}"]`).dataset.value = JSON.stringify(chosen);
    });
    place.querySelector("[data-waiting=line]").hidden = !waiting.size;
    place.querySelector("[data-waiting=count]").textContent = String(waiting.size);
    place.querySelector("button[type=submit]").disabled = !waiting.size;
  }

  function note(row) {
    const id = row.dataset.campaign;
    // While an answer is under way, what counts here may be what was before.
    if (box(row).checked === counts(row) && !sent.has(id)) { waiting.delete(id); } else { waiting.set(id, box(row).checked); }
    tell();
  }

  /* A page was drawn: what waits is put into its boxes again. */
  function draw() {
    rows().forEach((row) => {
      const wanted = waiting.get(row.dataset.campaign);
      if (wanted === counts(row)) { waiting.delete(row.dataset.campaign); }
      if (box(row).checked !== (wanted === undefined ? counts(row) : wanted)) { box(row).click(); }
    });
    tell();
  }

  let drawing = 0;
  new MutationObserver((seen) => {
    const isOurs = seen.some((one) => one.type === "attributes" || (one.target.closest && one.target.closest("#facebook-body")));
    if (!isOurs || drawing || !form()) { return; }
    drawing = requestAnimationFrame(() => { drawing = 0; draw(); });
  }).observe(document.documentElement, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-campaign", "data-on"],
  });

  document.addEventListener("change", (event) => {
    const row = event.target.closest("tr[data-campaign]");
    if (row) { note(row); }
  });

  document.addEventListener("submit", (event) => {
    if (event.target === form()) { sent = new Map(waiting); }
  }, true);

  document.addEventListener("traffic:done", (event) => {
    if (event.target !== form()) { return; }
    sent.forEach((wanted, id) => { if (waiting.get(id) === wanted) { waiting.delete(id); } });
    sent = new Map();
    tell();
  });

  window.addEventListener("beforeunload", (event) => {
    if (waiting.size) { event.preventDefault(); }
  });

  /* -- buttons and the search of the accounts */

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-facebook]");
    if (!button || button.disabled) { return; }
    switch (button.dataset.facebook) {
      case "connect": connect(button); break;
      case "all": pick(button.closest("section"), true); break;
      case "none": pick(button.closest("section"), false); break;
      case "drop": waiting.clear(); draw(); break;
    }
  });

  document.addEventListener("input", (event) => {
    const field = event.target.closest("[data-facebook-search]");
    if (!field) { return; }
    const words = event.target.value.trim().toLowerCase();
    field.closest("section").querySelectorAll("tr[data-search]").forEach((row) => {
      row.hidden = !row.dataset.search.includes(words);
    });
  });
})();
