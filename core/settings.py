"""The settings of the product: the only module that reads the environment.

Invariant: a ``Settings`` object that exists is complete and safe to run with. Everything missing or wrong is
reported at once, by the names of the variables, never by their values. No secret has a default outside demo mode.
"""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.erasure import SHORTEST_KEEPING
from core.setting_types import (
    ADDRESS_SECRET_LENGTH,
    SECRET_BYTES,
    AddressSecret,
    DatabaseAddress,
    EncryptionKeys,
    LongSecret,
    MailServer,
    Origins,
    RedisAddress,
    Roles,
    SigningKeys,
    WebAddress,
    ZoneName,
)
from core.texts import LocaleCode

DEFAULT_VAR = Path("var")
DEMO_HOST = "127.0.0.1"
DEMO_FILE = "demo.env"
SERVICES_FILE = "services.env"  # written by the starting script: addresses of the embedded server and the stand-ins


class SettingsError(Exception):
    """The environment does not describe a product that can run; ``problems`` has one sentence per variable."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("Settings are missing or wrong:\n" + "\n".join(f"  {problem}" for problem in problems))


class Settings(BaseSettings):
    """Everything an administrator can set; the variable is the field's name in capitals."""

    model_config = SettingsConfigDict(frozen=True, env_file=".env", env_ignore_empty=True, extra="ignore",
                                      validate_default=False)

    demo: bool = Field(False, description="1: demo mode with an invented company, on this machine only. "
                                          "Set by `make run` when there is no DATABASE_URL.")
    demo_password: str | None = Field(None, min_length=1, max_length=200, repr=False, description=(
        "Password of the demo sign-ins; made at the first start when not set."))
    demo_now: AwareDatetime | None = Field(None, description="Moment at which the history of the demo company ends "
                                                             "(ISO 8601 with offset); its first start when not set.")
    demo_leads: int = Field(20_000, ge=100, le=1_000_000, description="Number of leads of the demo company.")
    var_dir: Path = Field(DEFAULT_VAR, description="Folder of the embedded database, the demo secrets and the logs.")

    database_url: DatabaseAddress = Field(
        repr=False, description="PostgreSQL (15 or newer) of the web processes: postgresql://user:password@host/name.")
    database_jobs_url: DatabaseAddress = Field(
        "", repr=False, description="The same database for the workers; DATABASE_URL when not set.")
    database_owner_url: DatabaseAddress = Field(
        "", repr=False, description="The same database for migrations, as its owner; DATABASE_URL when not set.")
    replica_database_url: DatabaseAddress | None = Field(
        None, repr=False, description="A read-only copy for reports.")
    redis_url: RedisAddress | None = Field(
        None, repr=False, description="Redis for rate limits shared by several machines; memory when not set.")

    secret_key: LongSecret = Field(
        repr=False, description="Signs cookies and forms: at least 32 random bytes.")
    jwt_keys: SigningKeys = Field(
        repr=False, description="Keys of the access tokens, id:secret, the newest first: at least 32 bytes each.")
    encryption_keys: EncryptionKeys = Field(
        repr=False, description="Keys of the stored tokens, id:base64 of 32 bytes, the newest first.")

    public_url: WebAddress = Field(description="Address under which people open the product; links in mails use it.")
    host: str = Field("127.0.0.1", description="Address the web server listens on; always 127.0.0.1 in demo mode.")
    port: int = Field(8050, ge=1, le=65535, description="Port the web server listens on.")
    cors_origins: Origins = Field(
        (), description="Other origins whose pages may call /api, exact and separated by commas; none when empty.")
    trusted_proxies: int = Field(0, ge=0, le=10, description="Number of own reverse proxies in front of the server.")
    api_rate_factor: float = Field(1, gt=0, le=1_000_000, description=(
        "Multiplies how often the API may be asked: 600 reads, 120 writes, 30 files, 60 sign-ins a minute."))
    cors_credentials: Origins = Field((), description=(
        "Those of CORS_ORIGINS whose pages may also use the browser's sign-in; none when empty."))
    second_factor_roles: Roles = Field((), description=(
        "Roles that need a second factor to sign in, separated by commas, for example admin,analyst; "
        "others may set one up."))
    metrics_token: AddressSecret | None = Field(
        None, repr=False, description="Bearer token for /metrics; only this machine may read it when not set.")

    personal_data_days: int = Field(0, description=(
        "Days without a sign of a person after which name, phone and e-mail are erased, raw bodies included; "
        "figures stay. At least 180; 0 keeps them for good."))
    business_timezone: ZoneName = Field(
        "Asia/Almaty", description="Time zone in which every day begins and ends.")
    default_currency: Literal["KZT", "USD"] = Field("KZT", description="Currency shown first: KZT or USD.")
    default_locale: LocaleCode = Field("ru", description="Language shown first: ru, en or kk.")

    amocrm_webhook_secret: AddressSecret = Field(
        repr=False, description="Last part of the address amoCRM sends its events to: /webhooks/amocrm/<secret>.")
    amocrm_webhook_secret_before: AddressSecret | None = Field(
        None, repr=False, description="The secret before this one; taken as well until amoCRM knows the new one.")
    amocrm_account_id: int | None = Field(
        None, description="Account whose events count; learned from the amoCRM API when not set.")
    amocrm_account_url: WebAddress | None = Field(None, description="Address of the account: https://name.amocrm.ru.")
    amocrm_access_token: str | None = Field(None, repr=False, description="Long-lived token of the amoCRM API.")
    amocrm_client_id: str | None = Field(None, description="Id of the amoCRM integration.")
    amocrm_client_secret: str | None = Field(None, repr=False, description="Secret of the amoCRM integration.")
    amocrm_dialog_url: WebAddress = Field(
        "https://www.amocrm.ru/oauth", description="Address at which an administrator of amoCRM connects the account.")
    amocrm_rate_limit: float = Field(7, gt=0, le=200, description="Requests a second the amoCRM account allows.")
    landing_webhook_secret: AddressSecret = Field(
        repr=False, description="Part of the address of the landing forms: /webhooks/landing/<secret>[/<source>].")
    landing_webhook_secret_before: AddressSecret | None = Field(
        None, repr=False, description="The secret before this one; taken as well until every form knows the new one.")

    facebook_app_id: str | None = Field(None, description="Id of the Facebook application.")
    facebook_app_secret: str | None = Field(None, repr=False, description="Secret of the Facebook application.")
    facebook_graph_url: WebAddress = Field("https://graph.facebook.com", description="Address of the Graph API.")
    facebook_dialog_url: WebAddress = Field("https://www.facebook.com", description="Address of the sign-in dialog.")
    facebook_api_version: Annotated[str, Field(pattern=r"^v\d+\.\d+$")] = Field(
        "v26.0", description="Version of the Graph API.")

    telegram_bot_token: str | None = Field(None, repr=False, description="Token of the Telegram bot that notifies.")
    telegram_api_url: WebAddress = Field("https://api.telegram.org", description="Address of the Telegram API.")
    telegram_link_url: WebAddress = Field("https://t.me", description="Where links to the bot lead people.")
    smtp_url: MailServer | None = Field(
        None, repr=False, description="Mail server: smtp://user:password@host:587, or smtps:// for TLS at once.")
    mail_from: str | None = Field(None, description="Sender of the mails.")
    rates_url: WebAddress = Field("https://nationalbank.kz/rss/get_rates.cfm",
                                  description="Exchange rates of the National Bank of Kazakhstan.")

    flask_debug: bool = Field(False, description="Must stay off: the debugger runs code of whoever finds it.")
    scheduler: bool = Field(True, description="off: this machine runs no timetable (jobs asked for still run).")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="DEBUG, INFO, WARNING, ERROR.")

    @property
    def mail_ready(self) -> bool:
        """Whether letters can leave this installation."""
        return bool(self.smtp_url and self.mail_from)

    @model_validator(mode="wrap")
    @classmethod
    def _complete(cls, values: Any, build: Callable[[Any], "Settings"]) -> "Settings":
        """Fill what follows from other settings, then report every problem together.

        Raises: SettingsError.
        """
        values = _derive(dict(values))
        problems = _repeated_secrets(values)
        try:
            settings = build(values)
            problems += _foreign_credentials(settings)
            problems += _hasty_erasure(settings)
            problems += ["FLASK_DEBUG: must be off"] if settings.flask_debug else []
        except ValidationError as error:
            raise SettingsError(_describe(error) + problems) from None
        if problems and not settings.demo:
            raise SettingsError(problems)
        return settings


class StartSettings(BaseSettings):
    """What decides how the product starts and where the other settings are looked for."""

    model_config = SettingsConfigDict(frozen=True, env_file=".env", env_ignore_empty=True, extra="ignore")

    demo: bool | None = None
    var_dir: Path = DEFAULT_VAR
    database_url: str | None = Field(None, repr=False)


def load_start_settings() -> StartSettings:
    """The settings a starting script needs before the others can be complete. Raises: SettingsError."""
    try:
        return StartSettings()
    except ValidationError as error:
        raise SettingsError(_describe(error)) from None


def load_settings() -> Settings:
    """Settings of this process from the environment and ``.env``; in demo mode with the demo's own secrets.

    Raises: SettingsError naming every missing or wrong variable.
    """
    start = load_start_settings()
    return demo_settings(start.var_dir) if start.demo else Settings()


def demo_settings(var_dir: Path = DEFAULT_VAR, **overrides: Any) -> Settings:
    """Settings of demo mode: secrets are made once and kept in ``var_dir/demo.env``; the environment wins.

    ``overrides`` win over everything. Addresses of what runs beside come from ``var_dir/services.env``.
    Raises: SettingsError.
    """
    kept = var_dir / DEMO_FILE
    known = read_env_file(kept)
    made = {name: value for name, value in _new_demo_secrets().items() if name not in known}
    if made:
        write_env_file(kept, {**known, **made})
    files = (kept, var_dir / SERVICES_FILE, ".env")
    return Settings(_env_file=files, **{"demo": True, "var_dir": var_dir, **overrides})


def read_env_file(path: Path) -> dict[str, str]:
    """``NAME=value`` lines of a file written by ``write_env_file``; empty when there is no file."""
    if not path.exists():
        return {}
    pairs = (line.partition("=") for line in path.read_text("utf-8").splitlines() if "=" in line)
    return {name: value for name, _, value in pairs}


def write_env_file(path: Path, values: Mapping[str, str]) -> None:
    """Write ``NAME=value`` lines readable by the owner only, in one step: a reader never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
    draft.replace(path)


def _new_demo_secrets() -> dict[str, str]:
    """Fresh values for every secret the demo needs, and the moment its history ends."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(SECRET_BYTES),
        "JWT_KEYS": f"demo:{secrets.token_urlsafe(SECRET_BYTES)}",
        "ENCRYPTION_KEYS": f"demo:{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}",
        "AMOCRM_WEBHOOK_SECRET": secrets.token_urlsafe(ADDRESS_SECRET_LENGTH),
        "LANDING_WEBHOOK_SECRET": secrets.token_urlsafe(ADDRESS_SECRET_LENGTH),
        "FACEBOOK_APP_ID": "demo",
        "FACEBOOK_APP_SECRET": secrets.token_hex(SECRET_BYTES),
        "DEMO_PASSWORD": secrets.token_urlsafe(9),
        "DEMO_NOW": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _derive(values: dict[str, Any]) -> dict[str, Any]:
    """Settings that follow from others: addresses of one database, and what demo mode fixes."""
    for name in ("database_jobs_url", "database_owner_url"):
        if values.get("database_url"):
            values.setdefault(name, values["database_url"])
    if str(values.get("demo", "")).lower() in ("1", "true", "on", "yes", "y", "t"):
        values["host"] = DEMO_HOST
        values.setdefault("public_url", f"http://{DEMO_HOST}:{values.get('port', 8050)}")
    return values


def _repeated_secrets(values: Mapping[str, Any]) -> list[str]:
    """One sentence for each secret that serves two purposes: one leak must not open two doors."""
    owners: dict[str, list[str]] = {}
    for name in ("secret_key", "jwt_keys", "encryption_keys", "amocrm_webhook_secret", "landing_webhook_secret",
                 "amocrm_webhook_secret_before", "landing_webhook_secret_before", "metrics_token"):
        value = values.get(name)
        if isinstance(value, str):
            for part in value.split(","):
                secret = part.partition(":")[2] or part
                owners.setdefault(secret.strip(), []).append(name.upper())
    return [f"{' and '.join(names)}: the same secret serves two purposes"
            for names in owners.values() if len(set(names)) > 1]


def _foreign_credentials(settings: Settings) -> list[str]:
    """A sentence when an origin may use the sign-in of a browser without being listed."""
    foreign = set(settings.cors_credentials) - set(settings.cors_origins)
    return ["CORS_CREDENTIALS: names an origin that CORS_ORIGINS does not"] if foreign else []


def _hasty_erasure(settings: Settings) -> list[str]:
    """A sentence when people would be erased who may still buy: their sale would not find its lead."""
    hasty = settings.personal_data_days and settings.personal_data_days < SHORTEST_KEEPING.days
    return [f"PERSONAL_DATA_DAYS: must be 0 or at least {SHORTEST_KEEPING.days}"] if hasty else []


def _describe(error: ValidationError) -> list[str]:
    """One sentence per wrong variable; pydantic's input, which may be a secret, is left out."""
    sentences = []
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        name = str(problem["loc"][0]).upper()
        reason = "is missing" if problem["type"] == "missing" else problem["msg"].removeprefix("Value error, ")
        sentences.append(f"{name}: {reason}")
    return sentences
