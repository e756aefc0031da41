/* Sends a chosen file to the imports of the API and opens what became of it. */
(function () {
  "use strict";

  /* The field of files has no name of its own, and the place for files is to open by keyboard too. */
  function nameField() {
    document.querySelectorAll(".upload input[type=file]:not([aria-label])").forEach(function (field) {
      field.setAttribute("aria-label", field.closest(".upload").innerText.trim());
    });
  }
  new MutationObserver(nameField).observe(document.body, { childList: true, subtree: true });
  document.addEventListener("keydown", function (event) {
    if ((event.key === "Enter" || event.key === " ") && event.target.matches(".upload .drop")) {
      event.preventDefault();
      event.target.click();
    }
  });

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
