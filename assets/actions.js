/* Buttons that need no server: whole screen, copying the address, loading again, opening the filters on a phone. */
(function () {
  "use strict";

  function toast(text) {
    const place = document.getElementById("shell-toasts");
    if (!place || !text) { return; }
    const note = document.createElement("div");
    note.className = "toast";
    note.textContent = text;
    place.append(note);
    setTimeout(() => note.remove(), 6000);
  }

  async function copyAddress(button) {
    try {
      await navigator.clipboard.writeText(location.href);
    } catch (refused) {
      const field = document.createElement("textarea");
      field.value = location.href;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    toast(button.dataset.done);
  }

  function fillScreen(button) {
    const card = button.closest(".card");
    if (document.fullscreenElement) { document.exitFullscreen(); } else { card.requestFullscreen?.(); }
  }

  function openFilters(button) {
    const open = button.closest(".filters").classList.toggle("open");
    button.setAttribute("aria-expanded", String(open));
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) { return; }
    if (button.dataset.full) { fillScreen(button); }
    if (button.dataset.copy) { copyAddress(button); }
    if (button.dataset.reload) { location.reload(); }
    if (button.dataset.toggle === "filters") { openFilters(button); }
    if (button.dataset.picture) { window.trafficPicture.save(button.closest(".card"), button.dataset.picture); }
  });

  /* A list of boxes gets shorter while one types in the field above it. */
  document.addEventListener("input", (event) => {
    if (!event.target.matches(".menu input[type=search]")) { return; }
    const wanted = event.target.value.trim().toLowerCase();
    event.target.closest(".menu").querySelectorAll(".boxes .form-check").forEach((line) => {
      line.hidden = !line.textContent.toLowerCase().includes(wanted);
    });
  });

  window.trafficToast = toast;
})();
