"""The starting file of the web process: puts server, gate, API and Dash together; holds no logic."""

from pathlib import Path

import dash
from flask import Flask
from flask_openapi3.openapi import OpenAPI
from werkzeug.middleware.proxy_fix import ProxyFix

import callbacks  # noqa: F401 - importing it registers every callback
from api import BLUEPRINTS, facebook_webhooks, health, landing_script, webhooks
from api.health import count_requests
from api.json_gate import JsonGate
from api.openapi import create_openapi_server
from api.problems import handle_problems
from auth.account_pages import pages as account_pages
from auth.contact_pages import contact_pages
from auth.dash_application import GuardedDash
from auth.guard import guard_requests
from auth.headers import add_headers
from auth.limits import limit_requests
from auth.no_cookie_session import NoCookieSession
from auth.other_origins import allow_origins
from auth.passwords import Passwords
from auth.sign_in import EXTENSION, AuthParts
from auth.sign_in_pages import pages as sign_in_pages
from auth.tokens import TokenIssuer
from callbacks.session import show_shell
from cli import add_commands
from components.shell import EXTERNAL_STYLESHEETS
from core.business_time import check_time_zone_data
from core.logs import configure_logs
from core.settings import Settings, SettingsError, load_settings
from data.engine import Database, set_web_database
from data.login_rights import find_mighty_logins

HOUSE = Path(__file__).resolve().parent
MAX_BODY = 2 * 1024 * 1024


def create_app(settings: Settings | None = None) -> dash.Dash:
    """The whole application for these settings, else for those of the environment.

    Nothing connects to the database yet: each process that serves opens its own connections.
    Raises: SettingsError naming every missing variable.
    """
    settings = settings or load_settings()
    check_time_zone_data()
    set_web_database(Database.for_web(settings))
    server = create_openapi_server("app")
    configure(server, settings)
    app = GuardedDash(server, name="app", assets_folder=str(HOUSE / "assets"), pages_folder=str(HOUSE / "pages"),
                      title="Traffic Dashboard", external_stylesheets=list(EXTERNAL_STYLESHEETS))
    app.layout = show_shell
    guard_requests(server, app.callback_map)
    limit_requests(server, settings)
    count_requests(server)
    add_headers(server, settings, lambda: app.script_hashes)
    app.warm()
    return app


def create_server() -> Flask:
    """What a WSGI server serves: ``gunicorn "app:create_server()"``.

    Raises: SettingsError, also when the login of the database could read what row security hides.
    """
    settings = load_settings()
    configure_logs(settings.log_level)
    mighty = [] if settings.demo else find_mighty_logins({"DATABASE_URL": settings.database_url})
    if mighty:
        raise SettingsError(mighty)
    server: Flask = create_app(settings).server
    return server


def configure(server: OpenAPI, settings: Settings) -> None:
    """Put everything but Dash on the server."""
    server.secret_key = settings.secret_key
    server.session_interface = NoCookieSession()
    server.json = JsonGate(server)
    server.config.update(MAX_CONTENT_LENGTH=MAX_BODY, MAX_FORM_MEMORY_SIZE=MAX_BODY, MAX_FORM_PARTS=1000)
    server.extensions[EXTENSION] = AuthParts(settings, Passwords(), TokenIssuer(settings))
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    allow_origins(server, settings)
    handle_problems(server)
    for api in BLUEPRINTS:
        server.register_api(api)
    for blueprint in (webhooks.webhooks, facebook_webhooks.facebook_webhooks, health.health,
                      landing_script.landing_script, sign_in_pages, account_pages, contact_pages):
        server.register_blueprint(blueprint)
    add_commands(server, settings)


def __getattr__(name: str) -> Flask:
    """``flask --app app`` looks for a name ``app``: made when somebody asks for it, not at import."""
    if name == "app":
        return create_server()
    raise AttributeError(name)
