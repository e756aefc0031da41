/* The queue of money without a team: choosing rows, the mark they share, and doing it all from the keyboard. */
(function () {
  "use strict";

  const rows = () => Array.from(document.querySelectorAll("tr[data-sale]"));
  const form = () => document.getElementById("queue-form");
  const part = (name) => form().querySelector(`[data-queue="${name}"]`);
  const box = (row) => row.querySelector("input[type=checkbox]");
  let place = 0;

  function put(name, value) { form().querySelector(`[data-field="${name}"]`).dataset.value = JSON.stringify(value); }

  function shared(chosen, name) {
    const values = new Set(chosen.map((row) => row.dataset[name]));
    return values.size === 1 ? Array.from(values)[0] : "";
  }

  /* The alias that would have named all chosen rows, or null. */
  function alias(chosen) {
    const team = form().querySelector("select").value;
    const source = shared(chosen, "source");
    const campaign = shared(chosen, "campaign");
    if (!team || team === "none" || (!source && !campaign)) { return null; }
    return source ? { team, utm_source: source } : { team, campaign_token: campaign };
  }

  function update() {
    if (!form()) { return; }
    const chosen = rows().filter((row) => box(row).checked);
    put("sale_ids", chosen.map((row) => row.dataset.sale));
    part("count").textContent = String(chosen.length);
    form().querySelector("button[type=submit]").disabled = !chosen.length;
    const taught = alias(chosen);
    const line = part("teach");
    line.hidden = !taught;
    part("mark").textContent = taught ? taught.utm_source || taught.campaign_token : "";
    const wanted = taught && line.querySelector("input").checked ? taught : null;
    const before = form().querySelector('[data-field="alias"]').dataset.value;
    put("alias", wanted);
    if (before === JSON.stringify(wanted)) { return; }
    if (wanted) {
      window.trafficRules.preview({ aliases: [wanted], version: Number(form().dataset.version) }, false);
    } else { window.trafficRules.forget(); }
  }

  document.addEventListener("change", (event) => {
    if (event.target.closest("tr[data-sale], #queue-form")) { update(); }
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest('[data-queue="all"]')) { return; }
    const open = rows().filter((row) => !box(row).checked);
    (open.length ? open : rows()).forEach((row) => box(row).click());
    update();
  });

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("tr[data-sale]");
    if (row) { place = rows().indexOf(row); }
  });

  function go(step) {
    const all = rows();
    const here = all.indexOf(document.activeElement.closest("tr[data-sale]"));
    const next = all[Math.max(0, Math.min(all.length - 1, here < 0 ? place : here + step))];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  }

  const KEYS = {
    j: () => go(1),
    ArrowDown: () => go(1),
    k: () => go(-1),
    ArrowUp: () => go(-1),
    x: (row) => row && box(row).click(),
    " ": (row) => row && box(row).click(),
    t: () => form() && form().querySelector("select").focus(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !rows().length || document.querySelector("dialog[open]")) { return; }
    const at = document.activeElement;
    if (at.matches("input, select, textarea, button, a") && !(at.type === "checkbox" && event.key !== " ")) { return; }
    const row = at.closest("tr[data-sale]");
    const deed = KEYS[event.key];
    if (deed) {
      deed(row);
      event.preventDefault();
    } else if (row && /^[1-3]$/.test(event.key)) {
      row.querySelector(`[data-key="${event.key}"] button`)?.click();
    }
  });

  /* When rows have gone, the next one takes the place of the last. */
  document.addEventListener("traffic:done", (event) => {
    const body = document.getElementById("rules-body");
    if (!body || !event.target.closest("#rules-body") || !event.target.matches("#queue-form, .to-lead")) { return; }
    window.trafficRules.forget();
    const stays = place;
    const seen = new MutationObserver(() => {
      seen.disconnect();
      place = stays;
      update();
      go(0);
    });
    seen.observe(body, { childList: true, subtree: true });
  });
})();
