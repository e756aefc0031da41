"""The Dash application as this product needs it: it speaks the viewer's language and tells nothing about itself."""

from http import HTTPStatus
from typing import Any

import dash
from flask import Flask, Response, request

from auth.html_pages import favicon_address
from auth.page_rights import may_open, protect_pages
from auth.viewer import signed_in_user
from core.texts import current_locale, t

_UNSAID = ("dash_version", "python_version", "plotly_version", "ddk_version")

INDEX = """<!DOCTYPE html>
<html lang="{%lang%}" data-bs-theme="dark">
    <head>
        {%metas%}
        <title>{%title%}</title>
        {%favicon%}
        {%css%}
    </head>
    <body>
        {%app_entry%}
        <footer>
            {%config%}
            {%scripts%}
            {%renderer%}
        </footer>
    </body>
</html>"""


class GuardedDash(dash.Dash):
    """``dash.Dash`` with protected pages, the viewer's language in ``<html lang>`` and no versions in the page."""

    script_hashes: tuple[str, ...] = ()

    def __init__(self, server: Flask, **options: Any) -> None:
        fixed: dict[str, Any] = {
            "index_string": INDEX, "use_pages": True, "include_pages_meta": False, "update_title": None,
            "suppress_callback_exceptions": True, "serve_locally": True, "compress": True, "enable_mcp": False,
            "add_log_handler": False,
        }
        super().__init__(server=server, **fixed, **options)  # type: ignore[arg-type]
        protect_pages(dash.page_registry)

    def index(self, *args: Any, **kwargs: Any) -> Any:
        """The first page; with status 404 where the viewer has no page, whether it is missing or closed to him."""
        page = super().index(*args, **kwargs)
        user = signed_in_user()
        if user is None or may_open(user, request.path):
            return page
        return Response(page, HTTPStatus.NOT_FOUND, mimetype="text/html")

    def interpolate_index(self, *args: Any, **kwargs: Any) -> str:
        """The first page, in the language of whoever asks."""
        kwargs["favicon"] = f'<link rel="icon" href="{favicon_address()}">'
        kwargs["app_entry"] = kwargs["app_entry"].replace("Loading...", t("state.loading"))
        return str(super().interpolate_index(*args, **kwargs)).replace("{%lang%}", current_locale())

    def _config(self) -> dict[str, Any]:
        config: dict[str, Any] = super()._config()
        return {**config, **dict.fromkeys(_UNSAID, "")}

    def warm(self) -> None:
        """Render the first page once, as every worker must before it can answer component scripts.

        Afterwards all callbacks are registered and the hashes of inline scripts are final.
        """
        with self.server.test_request_context("/healthz"):
            self.server.preprocess_request()
            self.index()
        self.script_hashes = tuple(self.csp_hashes())
