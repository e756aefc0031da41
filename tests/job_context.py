"""The surroundings of a job under test."""

from typing import Any

from auth.encryption import Cipher, make_key
from core.business_time import BusinessCalendar
from core.settings import Settings
from data.engine import Database
from jobs.context import JobContext


def make_job_settings(**changes: Any) -> Settings:
    """Settings with nothing from the environment and no address that anybody answers at."""
    values: dict[str, Any] = {
        "database_url": "postgresql://nobody@127.0.0.1:1/nothing", "public_url": "https://traffic.example.com",
        "secret_key": "s" * 40, "jwt_keys": "one:" + "j" * 40, "encryption_keys": "one:" + "A" * 43 + "=",
        "amocrm_webhook_secret": "a" * 32, "landing_webhook_secret": "l" * 32,
        "facebook_graph_url": "http://127.0.0.1:9", "rates_url": "http://127.0.0.1:9/rates",
    }
    return Settings(_env_file=None, **{**values, **changes})


def make_context(database: Database, settings: Settings | None = None, **values: Any) -> JobContext:
    """A context of this database; ``values`` are fields of ``JobContext``."""
    given: dict[str, Any] = {"cipher": Cipher.from_ring(f"one:{make_key()}"), "calendar": BusinessCalendar(), **values}
    return JobContext(settings or make_job_settings(), database, **given)
