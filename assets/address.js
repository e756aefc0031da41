/* The address bar follows the query of the page, and so do the links that keep it. Only core/filters.py reads queries. */
(function () {
  "use strict";
  const quiet = () => window.dash_clientside.no_update;

  function withQuery(path, query) { return query ? path + "?" + query : path; }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.address = {
    /* A filter adds no entry to the history: Back leaves the page. */
    mirror(query) {
      const wanted = withQuery(location.pathname, query);
      if (typeof query === "string" && location.pathname + location.search !== wanted) {
        history.replaceState(history.state, "", wanted + location.hash);
      }
      return quiet();
    },
    /* Links of the site bar carry the filters along; a team belongs to the page, so it stays behind. */
    keepFilters(query, links) {
      return links.map((link) => withQuery(link.path, ["/settings", "/profile"].includes(link.path) ? "" : query || ""));
    },
    /* A CSV holds what the page shows; a team's page adds its team. */
    csv(query, team, links) {
      const parts = [team ? "team=" + encodeURIComponent(team) : "", query || "", "format=csv"].filter(Boolean);
      return links.map((link) => "/api/analytics/" + link.endpoint + "?" + parts.join("&"));
    },
    /* The chosen mark of the UTM table, and the word one looks for in a table. */
    chooseMark(mark, columns) {
      if (!columns || !columns.length) { return quiet(); }
      return { mark: { filterType: "text", type: "equals", filter: mark } };
    },
    find(word, grid) {
      if (typeof word === "string") { window.dash_ag_grid.getApi(grid).setGridOption("quickFilterText", word); }
      return quiet();
    },
  };
})();
