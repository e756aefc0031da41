/* Sends a chosen file to the imports of the API and opens what became of it. */
(function () {
  "use strict";

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.imports = {
    send: async function (contents, name, kind) {
      if (!contents) { return window.dash_clientside.no_update; }
      const place = document.getElementById("imports-said");
      place.textContent = place.dataset.wait;
      try {
        const told = await window.trafficForms.ask("POST", "/api/traffic-admin/imports",
          { kind: kind, file_name: name || "", content: contents });
        window.location.assign("/admin/imports?id=" + encodeURIComponent(told.id));
        return place.dataset.wait;
      } catch (refused) {
        if (refused.status === 413) { return place.dataset.large; }
        return refused.errors.map(function (one) { return one.message; }).join(" ") || refused.message;
      }
    },
  };
})();
