"""The application under test: one per process, since a second one would have no callbacks."""

from functools import cache

import dash

from app import create_app
from auth.limits import EXTENSION as LIMITS
from auth.passwords import Passwords
from auth.sign_in import EXTENSION, AuthParts
from auth.tokens import TokenIssuer
from core.settings import Settings

AMOCRM_SECRET = "amocrm-secret-of-the-tests"
LANDING_SECRET = "landing-secret-of-the-tests"
METRICS_TOKEN = "metrics-token-of-the-tests"
PUBLIC_URL = "https://traffic.example.com"


def make_settings(**changes: object) -> Settings:
    """Settings of a product that is reached over https, with nothing from the environment."""
    values: dict[str, object] = {
        "database_url": "postgresql://nobody@127.0.0.1:1/nothing",
        "secret_key": "s" * 40, "jwt_keys": "one:" + "j" * 40, "encryption_keys": "one:" + "A" * 43 + "=",
        "public_url": PUBLIC_URL, "cors_origins": "https://partner.example.com", "metrics_token": METRICS_TOKEN,
        "amocrm_webhook_secret": AMOCRM_SECRET, "landing_webhook_secret": LANDING_SECRET,
    }
    return Settings(_env_file=None, **{**values, **changes})


@cache
def the_application() -> dash.Dash:
    """The application, with passwords that take no time. Its database is named by ``set_web_database``."""
    app = create_app(make_settings())
    settings = app.server.extensions[EXTENSION].settings
    app.server.extensions[LIMITS].enabled = False  # all tests ask from one address; those of the limits switch it on
    app.server.extensions[EXTENSION] = AuthParts(settings, Passwords.cheap(), TokenIssuer(settings))
    return app
