/* What a change of the rules would move: asks for the preview of a draft, watches it when a worker computes it. */
(function () {
  "use strict";

  const ROOT = "/api/traffic-admin";
  const PANEL = "rules-moved";
  const PAUSE = 700;
  let turn = 0;

  function tell(data) { window.dash_clientside.set_props(PANEL, { data }); }

  async function watch(runId, mine) {
    for (;;) {
      const run = await window.trafficForms.ask("GET", `${ROOT}/sync-runs/${runId}`);
      if (mine !== turn) { return null; }
      if (run.status === "failed") { throw new Error(run.errors.join(" ")); }
      if (run.status === "done" || run.status === "partial") {
        return window.trafficForms.ask("GET", `${ROOT}/attribution/previews/${runId}`);
      }
      tell({ state: "running", done: run.progress.done, total: run.progress.total });
      await new Promise((go) => { setTimeout(go, PAUSE); });
    }
  }

  /* The newest question counts: an older answer that comes late is dropped. */
  async function preview(change, canApply) {
    turn += 1;
    const mine = turn;
    tell({ state: "running", done: 0, total: 0 });
    document.getElementById("rules-panel")?.scrollIntoView({ block: "nearest" });
    try {
      let told = await window.trafficForms.ask("POST", `${ROOT}/attribution/preview`, change);
      if (told && told.run_id) { told = await watch(told.run_id, mine); }
      if (mine === turn && told) { tell({ state: "told", preview: told, change: canApply ? change : null }); }
    } catch (refused) {
      const said = (refused.errors || []).map((one) => one.message).join(" ") || refused.message;
      if (mine === turn) { tell({ state: "failed", detail: said }); }
    }
  }

  function forget() {
    turn += 1;
    if (document.getElementById("rules-panel")) { tell(null); }
  }

  document.addEventListener("traffic:done", (event) => {
    if (event.target.dataset.answer === "rules-draft" && event.detail.change) { preview(event.detail.change, true); }
  });

  window.trafficRules = { preview, forget };
})();
