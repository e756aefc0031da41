"""The address bar and the links that follow the query of the page; they run in the browser (``assets/address.js``)."""

from dash import ALL, ClientsideFunction, Input, Output, State, clientside_callback

from components import ids

clientside_callback(
    ClientsideFunction("address", "mirror"),
    Output(ids.SHELL_MIRROR, "data"),
    Input(ids.QUERY, "data"),
)
clientside_callback(
    ClientsideFunction("address", "keepFilters"),
    Output({"type": ids.NAVIGATION, "path": ALL, "place": ALL}, "href"),
    Input(ids.QUERY, "data"),
    State({"type": ids.NAVIGATION, "path": ALL, "place": ALL}, "id"),
)
clientside_callback(
    ClientsideFunction("address", "csv"),
    Output({"type": ids.CSV_LINK, "endpoint": ALL, "place": ALL}, "href"),
    Input(ids.QUERY, "data"),
    State(ids.PAGE_TEAM, "data", allow_optional=True),
    State({"type": ids.CSV_LINK, "endpoint": ALL, "place": ALL}, "id"),
)
