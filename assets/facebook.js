/* The buttons of the settings tab "Facebook": each asks the API and says what came of it. */
(function () {
  "use strict";

  const BASE = "/api/traffic-admin/facebook";

  function say(words) {
    const place = document.getElementById("facebook-said");
    if (place) {
      place.hidden = !words;
      place.className = "banner bad facebook-said";
      place.textContent = words || "";
    }
  }

  async function ask(path, body) {
    const answer = await fetch(BASE + path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body || {}),
    });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) {
      throw new Error(told.detail || String(answer.status));
    }
    return told;
  }

  function chosen(kind) {
    return Array.from(document.querySelectorAll(`[data-pick="${kind}"]`))
      .filter((one) => one.querySelector("input").checked)
      .map((one) => one.dataset.id);
  }

  function reopen() {
    window.location.assign("/settings?tab=facebook");
  }

  const ACTIONS = {
    async connect() {
      window.location.assign((await ask("/oauth-url")).url);
    },
    async disconnect(value) {
      await ask("/disconnect", { connection_id: value });
      reopen();
    },
    async token() {
      const field = document.querySelector("input[data-facebook-token], [data-facebook-token] input");
      await ask("/token", { token: field.value.trim() });
      reopen();
    },
    async accounts() {
      await ask("/ad-accounts/select", { account_ids: chosen("account") });
      reopen();
    },
    async campaigns() {
      await ask("/campaigns/select", { campaign_ids: chosen("campaign") });
      reopen();
    },
    async sync() {
      await ask("/sync-stats");
    },
    async stop(value) {
      await ask("/sync-stats/stop", { run_id: value });
    },
    async all(kind) {
      pick(kind, true);
    },
    async none(kind) {
      pick(kind, false);
    },
  };

  function pick(kind, wanted) {
    document.querySelectorAll(`[data-pick="${kind}"] input`).forEach((box) => {
      if (box.checked !== wanted && !(box.closest("tr") || {}).hidden) {
        box.click();
      }
    });
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-facebook]");
    if (!button || button.disabled) {
      return;
    }
    button.disabled = true;
    say("");
    try {
      await ACTIONS[button.dataset.facebook](button.dataset.value);
    } catch (problem) {
      say(problem.message);
    } finally {
      button.disabled = false;
    }
  });

  document.addEventListener("input", (event) => {
    const field = event.target.closest("[data-facebook-search]");
    if (!field) {
      return;
    }
    const words = event.target.value.trim().toLowerCase();
    field.closest("section").querySelectorAll("tr[data-search]").forEach((row) => {
      row.hidden = !row.dataset.search.includes(words);
    });
  });
})();
