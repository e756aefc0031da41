/* Functions that the grids name: the theme, the order of unknown figures, how a cell is written, what fits. */
var dagfuncs = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});

dagfuncs.dashboardTheme = function (theme, agGrid) {
  return theme.withPart(agGrid.colorSchemeDark).withParams({
    accentColor: "var(--primary)",
    backgroundColor: "transparent",
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
    headerBackgroundColor: "transparent",
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
  if (!params.data) { return ""; }
  const field = params.colDef.field;
  const short = dagfuncs.isNarrow ? params.data[field + "__short"] : undefined;
  return short === undefined ? params.data[field + "__text"] || "" : short;
};

/* Columns share the width of their grid. Narrow grids keep the columns that matter and write amounts in millions;
   a grid with more columns than fit scrolls beside its first one. */
dagfuncs.fitToWidth = function (params) {
  const api = params.api;
  const columns = api.getColumns();
  const range = columns && columns.length ? api.getHorizontalPixelRange() : null;
  if (!range || range.right <= range.left) { return; }
  const definitionOf = (column) => column.getColDef();
  const first = columns[0];
  const room = range.right - range.left + (first.isPinned() ? first.getActualWidth() : 0);
  const narrow = room < 640;
  const wanted = columns.filter((column) => !definitionOf(column).hide && (!narrow || definitionOf(column).context.phone));
  const show = wanted.filter((column) => !column.isVisible());
  const hide = columns.filter((column) => column.isVisible() && !wanted.includes(column));
  if (show.length) { api.setColumnsVisible(show, true); }
  if (hide.length) { api.setColumnsVisible(hide, false); }
  const base = wanted.reduce((sum, column) => sum + definitionOf(column).width, 0);
  const scale = Math.max(definitionOf(first).context.least, room / base);
  let left = room;
  const widths = wanted.map((column, index) => {
    const share = narrow
      ? (index === 0 ? room * 0.36 : (room * 0.64) / (wanted.length - 1))
      : definitionOf(column).width * scale;
    const isLast = index === wanted.length - 1;
    const newWidth = isLast && left >= Math.floor(share) ? left : Math.floor(share);
    left -= newWidth;
    return { key: column, newWidth };
  });
  if (widths.some(({ key, newWidth }) => key.getActualWidth() !== newWidth)) { api.setColumnWidths(widths); }
  if (dagfuncs.isNarrow !== narrow) {
    dagfuncs.isNarrow = narrow;
    api.refreshCells({ force: true });
  }
};

/* The grid may show its first rows before anybody can listen to its events: its sorting is where it always passes. */
dagfuncs.fitSoon = function (params) {
  [0, 250].forEach((delay) => setTimeout(() => {
    if (!params.api.isDestroyed()) { dagfuncs.fitToWidth(params); }
  }, delay));
};
