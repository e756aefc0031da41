/* Keeps the first and the last marks of a visitor for 30 days and fills them into the forms of the page.
   Put <script src="…/landing.js" defer></script> on every page of the landing site. Marks are utm_*, fbclid.
   Filled are hidden fields by the name of a mark (utm_source …: the last touch) and first_utm_source … (the first). */
(function () {
  "use strict";
  var KEY = "td_touches";
  var LIFE = 30 * 24 * 60 * 60 * 1000;
  var MARKS = ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id", "fbclid"];
  var LONGEST = 1000;

  function marksOf(address) {
    var found = null;
    var query = new URLSearchParams(address.replace(/&amp;/g, "&"));
    MARKS.forEach(function (name) {
      var value = (query.get(name) || "").trim().slice(0, LONGEST);
      // An unfilled macro of an advertising system says nothing.
      if (value && !/^\{\{?.*\}?\}$/.test(value)) {
        found = found || {};
        found[name] = value;
      }
    });
    return found;
  }

  function isFresh(touch, now) {
    return touch && typeof touch === "object" && touch.marks && now - touch.at >= 0 && now - touch.at < LIFE;
  }

  function read(now) {
    var kept = {};
    try {
      kept = JSON.parse(window.localStorage.getItem(KEY) || "{}") || {};
    } catch (error) {
      kept = {};  // Storage is closed or holds something foreign: this visit begins anew.
    }
    return { first: isFresh(kept.first, now) ? kept.first : null, last: isFresh(kept.last, now) ? kept.last : null };
  }

  function write(touches) {
    try {
      window.localStorage.setItem(KEY, JSON.stringify(touches));
    } catch (error) {
      return false;  // Private windows keep nothing; the forms of this page are filled all the same.
    }
    return true;
  }

  function remember() {
    var now = Date.now();
    var touches = read(now);
    var marks = marksOf(window.location.search);
    if (marks) {
      touches.last = { at: now, marks: marks };
      touches.first = touches.first || touches.last;
      write(touches);
    }
    return touches;
  }

  function put(form, name, value, adds) {
    var field = form.querySelector('input[name="' + name + '"]');
    if (!field && adds) {
      field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      form.appendChild(field);
    }
    // What a person typed, and what the page filled in itself, stays.
    if (field && (field.type === "hidden" || !field.value)) {
      field.value = value;
    }
  }

  function fill(form, touches) {
    MARKS.forEach(function (name) {
      if (touches.last && touches.last.marks[name]) {
        put(form, name, touches.last.marks[name], true);
      }
      if (touches.first && touches.first.marks[name]) {
        put(form, "first_" + name, touches.first.marks[name], false);
      }
    });
  }

  function fillAll() {
    Array.prototype.forEach.call(document.forms, function (form) { fill(form, touches); });
  }

  var touches = remember();
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", fillAll);
  } else {
    fillAll();
  }
  // Forms that were drawn later are filled when they are sent.
  document.addEventListener("submit", function (event) { fill(event.target, touches); }, true);
})();
