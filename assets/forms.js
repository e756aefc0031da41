/* Sends forms and buttons marked by components/forms.py to the JSON API and says what came of it.
   It decides nothing: refusals are sentences of the API, shown at the fields they are about. */
(function () {
  "use strict";

  const words = () => document.querySelector("dialog.confirm").dataset;

  class Refused extends Error {
    constructor(status, told) {
      super(told.detail || told.title || words().away);
      this.status = status;
      this.errors = told.errors || [];
    }
  }

  async function ask(method, path, body) {
    const head = { method, headers: { Accept: "application/json" } };
    if (method !== "GET" && method !== "DELETE") {
      head.headers["Content-Type"] = "application/json";
      head.body = JSON.stringify(body);
    }
    let answer;
    try {
      answer = await fetch(path, head);
    } catch (failure) {
      throw new Refused(0, { detail: words().away });
    }
    const told = await answer.json().catch(() => ({}));
    if (answer.status === 401) { throw new Refused(401, { detail: words().signedOut }); }
    if (!answer.ok) { throw new Refused(answer.status, told); }
    return told;
  }

  /* -- reading a form */

  function typed(field) {
    const control = field.querySelector("input, select, textarea");
    const text = control ? control.value : "";
    switch (field.dataset.kind) {
      case "json": return JSON.parse(field.dataset.value);
      case "bool": return control.checked;
      case "list": return Array.from(field.querySelectorAll("input:checked")).map((box) => box.value);
      case "lines": return text.split("\n").map((line) => line.trim()).filter(Boolean);
      case "number": return number(field, text);
      case "password": return text;
      case "row": case "row_pair": return text === "none" ? null : text || null;
      case "null_text": case "date": case "time": return text.trim() || null;
      default: return text.trim();
    }
  }

  function number(field, text) {
    const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
    if (!plain) { return null; }
    if (!Number.isFinite(Number(plain))) { throw new Refused(422, { errors: [{ field: field.dataset.field, message: words().number }] }); }
    return Number(plain);
  }

  function put(body, name, value) {
    const path = name.split(".");
    const last = path.pop();
    let place = body;
    path.forEach((part, number) => {
      const next = number + 1 < path.length ? path[number + 1] : last;
      place = place[part] = place[part] || (/^\d+$/.test(next) ? [] : {});
    });
    place[last] = value;
  }

  /* A row of a list in which nothing was chosen is left out; the others move up. */
  function leaveOut(body, rows) {
    rows.forEach((name) => {
      const path = name.split(".");
      const last = path.pop();
      delete path.reduce((place, part) => place[part], body)[last];
    });
    const pack = (value) => {
      if (Array.isArray(value)) { return value.filter(() => true).map(pack); }
      if (value && typeof value === "object") {
        return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, pack(one)]));
      }
      return value;
    };
    return pack(body);
  }

  /* What was sent as the second row may stand third in the form: refusals name rows as they were sent. */
  const leftOut = new WeakMap();

  function formerName(form, name) {
    const left = leftOut.get(form) || [];
    const parts = name.split(".");
    parts.forEach((part, number) => {
      if (!number || !/^\d+$/.test(part)) { return; }
      const list = parts.slice(0, number).join(".");
      let place = 0;
      for (let before = Number(part); before > 0 || left.includes(list + "." + place); place += 1) {
        if (!left.includes(list + "." + place)) { before -= 1; }
      }
      parts[number] = String(place);
    });
    return parts.join(".");
  }

  function content(form) {
    leftOut.delete(form);
    let body = {};
    const missing = [];
    const left = [];
    form.querySelectorAll("[data-field]").forEach((field) => {
      const value = typed(field);
      if (field.dataset.required && (value === "" || value === null)) {
        missing.push({ field: field.dataset.field, message: words().required });
      }
      const row = field.dataset.field.split(".").slice(0, -1).join(".");
      if (field.dataset.kind.startsWith("row") && value === null) {
        left.push(row);
        put(body, field.dataset.field, null);
      } else if (field.dataset.kind === "row_pair") {
        put(body, row + ".kind", value.split(":")[0]);
        put(body, row + ".value", value.slice(value.indexOf(":") + 1));
      } else { put(body, field.dataset.field, value); }
    });
    body = leaveOut(body, left);
    if (missing.length) { throw new Refused(422, { errors: missing }); }
    leftOut.set(form, left);
    if (form.dataset.version) { body.version = Number(form.dataset.version); }
    return body;
  }

  /* -- saying what came of it */

  function clean(form) {
    form.querySelectorAll(".field-said").forEach((place) => { place.hidden = true; });
    form.querySelectorAll("[aria-invalid]").forEach((control) => control.removeAttribute("aria-invalid"));
    say(form, "");
  }

  function say(form, sentence, isConflict) {
    const place = form.querySelector(".form-said");
    if (!place) { if (sentence) { window.trafficToast(sentence); } return; }
    place.hidden = !sentence;
    place.textContent = sentence;
    if (isConflict) {
      const again = document.createElement("button");
      again.type = "button";
      again.className = "btn";
      again.textContent = words().reload;
      // What leads elsewhere when it worked is drawn with its page, not by a callback.
      const isDrawnAnew = form.dataset.refresh && !form.dataset.go;
      again.addEventListener("click", () => {
        if (!isDrawnAnew) { location.reload(); return; }
        clean(form);
        refresh(form.dataset.refresh);
      });
      place.append(again);
    }
  }

  function fieldOf(form, name) {
    const fields = Array.from(form.querySelectorAll("[data-field]"));
    const row = name.split(".").slice(0, -1).join(".");
    return fields.find((one) => one.dataset.field === name)
      || fields.find((one) => one.dataset.kind === "row_pair" && one.dataset.field.startsWith(row + "."))
      || fields.find((one) => name.endsWith("." + one.dataset.field) || one.dataset.field.startsWith(name + ".")
        || name.startsWith(one.dataset.field + "."));
  }

  function show(form, refused) {
    const rest = [];
    let first = null;
    refused.errors.forEach((error) => {
      const field = fieldOf(form, formerName(form, error.field || ""));
      const place = field && field.querySelector(".field-said");
      if (!place) { rest.push(error.message); return; }
      place.hidden = false;
      place.textContent = error.message;
      const control = field.querySelector("input, select, textarea");
      if (control) { control.setAttribute("aria-invalid", "true"); first = first || control; }
    });
    if (rest.length || !refused.errors.length) { say(form, rest.join(" ") || refused.message, refused.status === 409); }
    if (first) { first.focus(); }
  }

  function refresh(id) { window.dash_clientside.set_props(id, { data: Date.now() }); }

  function toast(sentence, undo, then) {
    if (!sentence && !undo) { return; }
    window.trafficToast(sentence || "");
    const note = document.getElementById("shell-toasts").lastElementChild;
    if (!undo || !note) { return; }
    const back = document.createElement("button");
    back.type = "button";
    back.className = "btn";
    back.textContent = words().undo;
    back.addEventListener("click", async () => {
      back.disabled = true;
      try {
        await ask(undo.method, undo.path, undo.body || {});
        note.remove();
        toast(words().undone);
        then();
      } catch (refused) { window.trafficToast(refused.message); }
    });
    note.append(back);
  }

  function finish(deed, told) {
    const then = () => { if (deed.dataset.refresh) { refresh(deed.dataset.refresh); } };
    toast(deed.dataset.done, told.undo, then);
    if (deed.dataset.answer) { window.dash_clientside.set_props(deed.dataset.answer, { data: told }); }
    then();
    if (deed.dataset.go) {
      location.assign(deed.dataset.go.replace(/\{(\w+)\}/g, (_all, key) => encodeURIComponent(told[key])));
    }
    deed.dispatchEvent(new CustomEvent("traffic:done", { bubbles: true, detail: told }));
  }

  /* -- asking first */

  function confirmed(deed) {
    if (!deed.dataset.confirm) { return Promise.resolve(true); }
    const dialog = document.querySelector("dialog.confirm");
    const word = deed.dataset.confirmWord || "";
    const label = dialog.querySelector(".dialog-word");
    const input = label.querySelector("input");
    const yes = dialog.querySelector("[data-say=yes]");
    const [, question, rest] = deed.dataset.confirm.match(/^([^?]*\?\s*)?([^]*)$/);
    const title = document.createElement("b");
    title.textContent = question || "";
    dialog.querySelector(".dialog-words").replaceChildren(...(question ? [title] : []), rest);
    dialog.querySelector(".dialog-word-label").textContent = words().typeWord.replace("{word}", word);
    label.hidden = !word;
    input.value = "";
    const check = () => { yes.disabled = Boolean(word) && input.value.trim() !== word; };
    check();
    return new Promise((settle) => {
      const end = (says) => {
        dialog.removeEventListener("click", click);
        dialog.removeEventListener("cancel", cancel);
        dialog.removeEventListener("keydown", enter);
        input.removeEventListener("input", check);
        dialog.close();
        settle(says);
      };
      const click = (event) => {
        const button = event.target.closest("[data-say]");
        if (button) { end(button.dataset.say === "yes"); }
      };
      const cancel = (event) => { event.preventDefault(); end(false); };
      const enter = (event) => {
        if (event.key === "Enter" && event.target === input) { event.preventDefault(); if (!yes.disabled) { end(true); } }
      };
      dialog.addEventListener("click", click);
      dialog.addEventListener("cancel", cancel);
      dialog.addEventListener("keydown", enter);
      input.addEventListener("input", check);
      dialog.showModal();
      (word ? input : dialog.querySelector("[data-say=no]")).focus();
    });
  }

  async function carryOut(deed, buttons, makeBody) {
    try {
      const body = makeBody();
      if (!(await confirmed(deed))) { return; }
      buttons.forEach((button) => { button.disabled = true; button.setAttribute("aria-busy", "true"); });
      finish(deed, await ask(deed.dataset.method, deed.dataset.api, body));
      if (deed.dataset.empty) { empty(deed); }
    } catch (refused) {
      if (!(refused instanceof Refused)) { throw refused; }
      const form = deed.closest("form");
      if (form) { show(form, refused); } else {
        window.trafficToast(refused.errors.map((one) => one.message).join(" ") || refused.message);
      }
    } finally {
      buttons.forEach((button) => { button.disabled = false; button.removeAttribute("aria-busy"); });
    }
  }

  /* Values belong to React: its own setter must see them change. */
  function empty(form) {
    form.querySelectorAll("input:not([type=checkbox]), textarea").forEach((control) => {
      const kind = control.tagName === "TEXTAREA" ? HTMLTextAreaElement : HTMLInputElement;
      Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(control, "");
      control.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-api]");
    if (!form) { return; }
    event.preventDefault();
    clean(form);
    carryOut(form, Array.from(form.querySelectorAll("button[type=submit]")), () => content(form));
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-api]");
    if (button && !button.disabled) { carryOut(button, [button], () => JSON.parse(button.dataset.body || "{}")); }
    const now = event.target.closest("[data-refresh-now]");
    if (now) { refresh(now.dataset.refreshNow); }
    const take = event.target.closest("[data-take]");
    if (take) { copy(take); }
  });

  async function copy(button) {
    try { await navigator.clipboard.writeText(button.dataset.take); } catch (refused) {
      const field = document.createElement("textarea");
      field.value = button.dataset.take;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    window.trafficToast(button.dataset.done);
  }

  window.trafficForms = { ask, content };
})();
