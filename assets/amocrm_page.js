/* Asks the API what the amoCRM account is made of, and opens the address at which an administrator agrees. */
(function () {
  "use strict";

  const BASE = "/api/traffic-admin/amocrm";

  async function ask(path) {
    try { return await window.trafficForms.ask("GET", BASE + path); } catch (refused) {
      return { problem: refused.message };
    }
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.amocrm = {
    load: async function (mode) {
      const told = await Promise.all([mode === "none" ? {} : ask("/structure"), ask("/samples")]);
      return {
        pipelines: told[0].pipelines || [], fields: told[0].fields || [], problem: told[0].problem || null,
        samples: told[1].rows || [],
      };
    },
  };

  document.addEventListener("traffic:done", function (event) {
    const place = event.target.closest("[data-opens]");
    if (place) { window.location.assign(event.detail[place.dataset.opens]); }
  });
})();
