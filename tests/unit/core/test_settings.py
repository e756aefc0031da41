"""Settings: everything wrong is named at once, nothing secret is shown, the demo keeps its own secrets."""

import base64
import os
import stat
from pathlib import Path

import pytest

from core.settings import Settings, SettingsError, demo_settings, load_settings, read_env_file

LONG = "k" * 40
GOOD = {
    "DATABASE_URL": "postgresql://web:pass-in-dsn@db/traffic",
    "SECRET_KEY": "s" * 32,
    "JWT_KEYS": f"new:{LONG}n,old:{LONG}o",
    "ENCRYPTION_KEYS": f"e1:{base64.b64encode(b'e' * 32).decode()}",
    "PUBLIC_URL": "https://traffic.company.kz/",
    "AMOCRM_WEBHOOK_SECRET": "amocrm-" + "a" * 24,
    "LANDING_WEBHOOK_SECRET": "landing-" + "b" * 24,
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An empty environment in an empty folder."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


@pytest.fixture
def good(environment: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in GOOD.items():
        environment.setenv(name, value)
    return environment


def problems() -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return caught.value.problems


def named(sentences: tuple[str, ...]) -> set[str]:
    return {sentence.partition(":")[0] for sentence in sentences}


def test_all_that_is_missing_is_named_at_once(environment: pytest.MonkeyPatch) -> None:
    assert named(problems()) == set(GOOD)


def test_missing_and_wrong_are_named_together_without_values(environment: pytest.MonkeyPatch) -> None:
    wrong = {"SECRET_KEY": "hunter2", "JWT_KEYS": "id:hunter2", "PORT": "hunter2", "CORS_ORIGINS": "*",
             "BUSINESS_TIMEZONE": "Mars/hunter2", "DATABASE_URL": "mysql://hunter2", "ENCRYPTION_KEYS": "a:hunter2",
             "SMTP_URL": "hunter2", "LOG_LEVEL": "hunter2", "TRUSTED_PROXIES": "-1"}
    for name, value in wrong.items():
        environment.setenv(name, value)
    sentences = problems()
    assert set(wrong) | set(GOOD) <= named(sentences) | {"SECRET_KEY and JWT_KEYS"}
    assert "hunter2" not in str(sentences)


def test_a_complete_environment_is_read(good: pytest.MonkeyPatch) -> None:
    settings = load_settings()
    assert not settings.demo
    assert list(settings.jwt_keys) == ["new", "old"]
    assert settings.encryption_keys == {"e1": b"e" * 32}
    assert settings.public_url == "https://traffic.company.kz"
    assert settings.database_jobs_url == settings.database_owner_url == settings.database_url
    assert (settings.business_timezone, settings.default_currency, settings.default_locale, settings.port,
            settings.scheduler, settings.cors_origins) == ("Asia/Almaty", "KZT", "ru", 8050, True, ())


@pytest.mark.parametrize(("name", "value", "field", "meant"), [
    ("SCHEDULER", "off", "scheduler", False),
    ("CORS_ORIGINS", "https://a.kz, https://b.kz:8443", "cors_origins", ("https://a.kz", "https://b.kz:8443")),
    ("DATABASE_URL", "postgres://u:p@h/d", "database_url", "postgresql://u:p@h/d"),
    ("DATABASE_URL", "postgresql://u:p@/d?host=/run/pg", "database_url", "postgresql://u:p@/d?host=/run/pg"),
    ("AMOCRM_ACCOUNT_ID", "31415926", "amocrm_account_id", 31415926),
    ("REDIS_URL", "", "redis_url", None),
    ("PORT", "9000", "port", 9000),
    ("ENCRYPTION_KEYS", "u:" + base64.urlsafe_b64encode(b"\xff" * 32).decode(), "encryption_keys", {"u": b"\xff" * 32}),
])
def test_how_values_are_read(good: pytest.MonkeyPatch, name: str, value: str, field: str, meant: object) -> None:
    good.setenv(name, value)
    assert getattr(load_settings(), field) == meant


@pytest.mark.parametrize(("name", "value"), [
    ("SECRET_KEY", "s" * 31),
    ("SECRET_KEY", "changeme" * 5),
    ("SECRET_KEY", "<at least 32 random bytes of yours>"),
    ("JWT_KEYS", "a:your-secret-key-goes-here-and-is-long-enough"),
    ("LANDING_WEBHOOK_SECRET", "replace_me_replace_me_replace_me"),
    ("FLASK_DEBUG", "1"),
    ("CORS_CREDENTIALS", "https://a.kz"),
    ("SECOND_FACTOR_ROLES", "admin,owner"),
    ("API_RATE_FACTOR", "0"),
    ("JWT_KEYS", f"a:{LONG},b:short"),
    ("JWT_KEYS", f"a:{LONG},a:{LONG}x"),
    ("JWT_KEYS", LONG),
    ("ENCRYPTION_KEYS", "a:" + base64.b64encode(b"e" * 31).decode()),
    ("ENCRYPTION_KEYS", "a:not base64!"),
    ("AMOCRM_WEBHOOK_SECRET", "a" * 23),
    ("AMOCRM_WEBHOOK_SECRET", "a/" * 20),
    ("CORS_ORIGINS", "https://a.kz,*"),
    ("CORS_ORIGINS", "https://*.a.kz"),
    ("CORS_ORIGINS", "https://a.kz/path"),
    ("PUBLIC_URL", "traffic.company.kz"),
    ("PORT", "65536"),
    ("DEFAULT_LOCALE", "de"),
    ("BUSINESS_TIMEZONE", "../etc/passwd"),
    ("FACEBOOK_API_VERSION", "26"),
    ("DEMO", "perhaps"),
    ("DEMO_PASSWORD", "x" * 201),
    ("DEMO_NOW", "2026-11-22T10:00:00"),
])
def test_what_is_weak_or_wrong_is_refused(good: pytest.MonkeyPatch, name: str, value: str) -> None:
    good.setenv(name, value)
    assert named(problems()) == {name}


def test_one_secret_for_two_purposes_is_refused(good: pytest.MonkeyPatch) -> None:
    good.setenv("LANDING_WEBHOOK_SECRET", GOOD["AMOCRM_WEBHOOK_SECRET"])
    assert problems() == ("AMOCRM_WEBHOOK_SECRET and LANDING_WEBHOOK_SECRET: the same secret serves two purposes",)


def test_settings_show_no_secret(good: pytest.MonkeyPatch) -> None:
    shown = repr(load_settings()) + str(load_settings())
    assert not [name for name, value in GOOD.items() if name != "PUBLIC_URL" and value.partition(":")[2] in shown
                and value.partition(":")[2]]
    assert GOOD["SECRET_KEY"] not in shown
    assert "pass-in-dsn" not in shown


def test_settings_cannot_be_changed(good: pytest.MonkeyPatch) -> None:
    settings = load_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[misc]


def test_a_file_serves_as_environment(good: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("PORT=8123\nDEFAULT_LOCALE=kk\nSOMETHING_ELSE=1\n")
    good.setenv("DEFAULT_LOCALE", "en")
    settings = load_settings()
    assert (settings.port, settings.default_locale) == (8123, "en")


def test_the_demo_makes_its_secrets_once(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = demo_settings(tmp_path / "var", database_url=GOOD["DATABASE_URL"])
    second = demo_settings(tmp_path / "var", database_url=GOOD["DATABASE_URL"])
    assert first == second
    assert first.demo_password
    assert first.demo_now is not None
    assert first.demo_now.tzinfo is not None
    assert stat.S_IMODE(os.stat(tmp_path / "var" / "demo.env").st_mode) == 0o600
    other = demo_settings(tmp_path / "other", database_url=GOOD["DATABASE_URL"])
    assert first.secret_key != other.secret_key


def test_the_demo_finds_its_server_and_secrets_by_the_folder(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "services.env").write_text("DATABASE_URL=postgresql://web@/traffic?host=/run\n")
    environment.setenv("DEMO", "1")
    environment.setenv("VAR_DIR", str(tmp_path / "var"))
    settings = load_settings()
    assert settings.demo
    assert settings.database_url == "postgresql://web@/traffic?host=/run"
    assert settings.secret_key == read_env_file(tmp_path / "var" / "demo.env")["SECRET_KEY"]


def test_a_new_secret_joins_the_kept_ones(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "demo.env").write_text("DEMO_PASSWORD=kept-before\n")
    assert demo_settings(tmp_path, database_url=GOOD["DATABASE_URL"]).demo_password == "kept-before"
    assert "SECRET_KEY" in read_env_file(tmp_path / "demo.env")


def test_the_environment_wins_over_the_demo(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = {"DEMO_PASSWORD": "another-one", "PORT": "9001", "SECRET_KEY": "weak", "DATABASE_URL": "postgresql:///other",
             "FACEBOOK_GRAPH_URL": "http://127.0.0.1:9"}
    for name, value in given.items():
        environment.setenv(name, value)
    settings = demo_settings(tmp_path)
    assert (settings.demo_password, settings.secret_key, settings.database_url, settings.facebook_graph_url) == (
        "another-one", "weak", "postgresql:///other", "http://127.0.0.1:9")
    assert settings.public_url == "http://127.0.0.1:9001"


def test_the_demo_listens_on_this_machine_only(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("HOST", "0.0.0.0")
    assert demo_settings(tmp_path, database_url="postgresql:///x").host == "127.0.0.1"
    assert demo_settings(tmp_path, database_url="postgresql:///x", host="0.0.0.0").host == "127.0.0.1"
