/* Cells of the grids: a team, a tinted figure, a trend, a badge. They write what the row brings and decide nothing. */
var dagcomponentfuncs = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});

(function () {
  "use strict";
  const make = (...parts) => window.React.createElement(...parts);

  function go(event) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) { return; }
    event.preventDefault();
    const link = event.currentTarget;
    window.history.pushState({}, "", link.getAttribute("href"));
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }

  function tile(team, size) {
    return make("span", {
      key: "tile", "aria-hidden": "true", className: "tile " + (team.none ? "none" : "emoji") + (size || ""),
      style: { "--c": team.color },
    }, team.emoji);
  }

  function teamLink(team) {
    if (!team.href) { return make("span", { key: "name", className: "cut" }, team.name); }
    return make("a", { key: "name", className: "cut", href: team.href + (team.none ? "" : location.search), onClick: team.none ? undefined : go }, team.name);
  }

  dagcomponentfuncs.TeamCell = function (props) {
    const team = props.value;
    if (!team) { return null; }
    if (team.total) { return make("b", null, team.name); }
    return make("span", { className: team.none ? "chip t2" : "chip" }, [tile(team), teamLink(team)]);
  };

  dagcomponentfuncs.MiniTeamCell = function (props) {
    const team = props.value;
    if (!team) { return null; }
    return make("span", { className: team.none ? "chip t2" : "chip", style: { "--c": team.color } }, [
      make("span", { key: "bar", className: "sw" }),
      team.none ? null : make("span", { key: "emoji", className: "emoji", "aria-hidden": "true" }, team.emoji),
      make("span", { key: "name", className: "cut" }, team.name),
    ]);
  };

  /* The first team by its name, the others by their number: a cell has room for one. */
  dagcomponentfuncs.TeamsCell = function (props) {
    const teams = props.value || [];
    const others = teams.slice(1).map((team) => team.name).join(", ");
    const more = others ? [make("span", { key: "more", className: "badge", title: others, "aria-label": others }, "+" + (teams.length - 1))] : [];
    return make("span", { className: "chips" }, teams.slice(0, 1).map((team, index) =>
      make("span", { key: index, className: team.none ? "chip t2" : "chip", style: { "--c": team.color }, title: team.name }, [
        make("span", { key: "bar", className: "sw" }),
        team.none ? null : make("span", { key: "emoji", className: "emoji", "aria-hidden": "true" }, team.emoji),
        make("span", { key: "name", className: "cut" }, team.name),
      ])).concat(more));
  };

  dagcomponentfuncs.CampaignCell = function (props) {
    const row = props.data;
    if (!row) { return null; }
    if (row.total) { return make("b", null, row.name); }
    if (row.none) { return make("span", { className: "t2" }, row.name); }
    return make("span", { className: "row g6 cut" }, [
      make("span", { key: "emoji", className: "emoji", "aria-hidden": "true", title: row.team.name }, row.team.none ? "" : row.team.emoji),
      make("span", { key: "name", className: "code-cell cut" }, row.name),
    ]);
  };

  dagcomponentfuncs.CodeCell = function (props) {
    return make("span", { className: "code-cell cut" + (props.data && props.data.none && !props.data.why ? " t3" : "") }, props.value);
  };

  dagcomponentfuncs.HeatCell = function (props) {
    const field = props.colDef.field;
    const fill = props.data && props.data[field + "__fill"];
    const text = props.valueFormatted;
    if (!fill) { return make("span", { className: "heat-cell plain" }, text); }
    return make("span", { className: "heat-cell", style: { background: fill, color: props.data[field + "__ink"] } }, text);
  };

  dagcomponentfuncs.SparkCell = function (props) {
    if (!props.value || !props.value.path) { return null; }
    return make("svg", { className: "spark-cell", width: 64, height: 24, viewBox: "0 0 64 24", "aria-hidden": "true" },
      make("path", { d: props.value.path, fill: "none", stroke: props.value.color, strokeWidth: 1.5, strokeLinejoin: "round" }));
  };

  dagcomponentfuncs.AmountCell = function (props) {
    const amount = props.value;
    if (!amount) { return null; }
    if (amount.unknown) { return make("span", { className: "badge weak" }, amount.text); }
    return make("span", { className: amount.gone ? "gone" : "strong" }, amount.text);
  };

  dagcomponentfuncs.BadgeCell = function (props) {
    const badge = props.value;
    if (!badge || !badge.text) { return null; }
    return make("span", { className: "badge " + badge.kind, title: badge.title || undefined }, badge.text);
  };
})();
