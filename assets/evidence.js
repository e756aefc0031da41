/* The panel beside a list: J and K move through the list, Escape closes, the buttons in its head do the same. */
(function () {
  const panel = () => document.querySelector("aside.evidence:not([hidden])");
  const gridOf = (aside) => window.dash_ag_grid && window.dash_ag_grid.getApi(aside.dataset.grid);
  const isTyping = (target) => target.closest("input, textarea, select, dialog, [contenteditable]") !== null;

  function move(aside, step) {
    const api = gridOf(aside);
    const chosen = api && api.getSelectedNodes()[0];
    const next = chosen && api.getDisplayedRowAtIndex(chosen.rowIndex + step);
    if (!next || !next.data) { return; }
    next.setSelected(true, true);
    const row = document.querySelector(`[id='${aside.dataset.grid}'] .ag-row[row-index='${next.rowIndex}']`);
    if (row) { row.scrollIntoView({ block: "nearest" }); }
  }

  function close(aside) {
    const api = gridOf(aside);
    if (!api) { return; }
    const chosen = api.getSelectedNodes()[0];
    api.deselectAll();
    if (chosen) { api.setFocusedCell(chosen.rowIndex, api.getAllDisplayedColumns()[0]); }
  }

  function act(aside, deed) {
    if (deed === "close") { close(aside); } else { move(aside, deed === "next" ? 1 : -1); }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-evidence]");
    const aside = button && panel();
    if (aside) { act(aside, button.dataset.evidence); }
  });

  document.addEventListener("keydown", (event) => {
    const aside = panel();
    if (!aside || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) { return; }
    const deed = { KeyJ: "next", KeyK: "prev", Escape: "close" }[event.code];
    if (deed) {
      event.preventDefault();
      act(aside, deed);
    }
  });
})();
