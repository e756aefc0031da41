/* Functions that the grids name: the theme, the order of unknown figures, how a cell is written, what fits. */
var dagfuncs = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});

dagfuncs.dashboardTheme = function (theme, agGrid) {
  return theme.withPart(agGrid.colorSchemeDark).withParams({
    accentColor: "var(--primary)",
    backgroundColor: "var(--background)",
    browserColorScheme: "dark",
    borderColor: "var(--hair)",
    borderRadius: 0,
    wrapperBorder: false,
    wrapperBorderRadius: 0,
    chromeBackgroundColor: "transparent",
    cellHorizontalPadding: 10,
    columnBorder: false,
    fontFamily: "var(--sans)",
    fontSize: 13,
    foregroundColor: "var(--text)",
    headerBackgroundColor: "var(--background)",
    headerTextColor: "var(--text-3)",
    headerFontSize: 11.5,
    headerFontWeight: 500,
    headerColumnBorder: false,
    headerColumnResizeHandleColor: "transparent",
    headerRowBorder: { color: "var(--hair-2)" },
    iconSize: 12,
    oddRowBackgroundColor: "transparent",
    pinnedColumnBorder: { color: "var(--hair)" },
    pinnedRowBorder: { color: "var(--hair-2)" },
    rowBorder: { color: "var(--hair)" },
    rowHoverColor: "var(--layer-2)",
    selectedRowBackgroundColor: "var(--primary-08)",
    tooltipBackgroundColor: "var(--raised)",
    tooltipTextColor: "var(--text-2)",
  });
};

/* What is not known stands last, whichever way one sorts. */
dagfuncs.unknownLast = function (one, other, oneRow, otherRow, isDescending) {
  const oneUnknown = one === null || one === undefined;
  const otherUnknown = other === null || other === undefined;
  if (oneUnknown || otherUnknown) {
    if (oneUnknown && otherUnknown) { return 0; }
    return oneUnknown === !isDescending ? 1 : -1;
  }
  return one - other;
};

dagfuncs.byTeamName = function (one, other) {
  return String(one?.name || "").localeCompare(String(other?.name || ""), document.documentElement.lang);
};

/* Figures come written from the server; the number beside the text is only for sorting. */
dagfuncs.writtenText = function (params) {
  const text = params.data ? params.data[params.colDef.field + "__text"] : undefined;
  return text === undefined ? "" : text;
};

/* Narrow grids keep the columns that matter; the others come back with the room. */
dagfuncs.fitToWidth = function (params) {
  const columns = params.api.getColumns();
  if (!columns) { return; }
  const width = params.clientWidth || params.api.getGridId && document.body.clientWidth;
  const narrow = (params.clientWidth || width) < 640;
  const change = { show: [], hide: [] };
  columns.forEach((column) => {
    const definition = column.getColDef();
    if (definition.hide) { return; }
    const wanted = !narrow || Boolean(definition.context && definition.context.phone);
    if (column.isVisible() !== wanted) { change[wanted ? "show" : "hide"].push(column.getColId()); }
  });
  if (change.show.length) { params.api.setColumnsVisible(change.show, true); }
  if (change.hide.length) { params.api.setColumnsVisible(change.hide, false); }
};
