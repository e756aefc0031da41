/* A try of a mapping sends the paths as they are typed in the form beside it, saved or not. */
(function () {
  "use strict";

  document.addEventListener("submit", function (event) {
    const place = event.target.closest("[data-takes-mapping]");
    if (!place) { return; }
    const form = document.getElementById(place.dataset.takesMapping);
    const mapping = {};
    form.querySelectorAll('[data-field^="mapping."]').forEach(function (field) {
      const paths = field.querySelector("textarea").value.split("\n").map((one) => one.trim()).filter(Boolean);
      if (paths.length) { mapping[field.dataset.field.slice("mapping.".length)] = paths; }
    });
    place.querySelector('[data-field="mapping"]').dataset.value = JSON.stringify(mapping);
    const slug = form.querySelector('[data-field="slug"] input');
    place.querySelector('[data-field="slug"]').dataset.value = JSON.stringify(slug.value.trim());
  }, true);
})();
