"""The scripts that set up and start the product: only Python is needed, and a person reads sentences."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.settings import Settings, demo_settings
from scripts import bootstrap, browser, serve, system_packages
from scripts.console import Trouble
from scripts.supervisor import Child, Supervisor
from tests.house.tree import ROOT, files, imported_modules, name_of, syntax

# These run inside the environment; all others run before it exists.
INSIDE = {"scripts/serve.py", "scripts/stand_ins.py", "scripts/demo_password.py", "scripts/env_example.py",
          "scripts/audit.py"}


def test_set_up_needs_only_python() -> None:
    foreign = {name_of(path): names for path in files(".py", within=("scripts",)) if name_of(path) not in INSIDE
               if (names := imported_modules(syntax(path)) - set(sys.stdlib_module_names) - {"scripts"})}
    assert not foreign


def test_set_up_that_is_done_takes_no_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "_install", lambda *_: pytest.fail("installed again"))
    for lock in (bootstrap.RUNTIME_LOCK, bootstrap.DEV_LOCK):
        bootstrap._stamp(lock).write_text(bootstrap._fingerprint(lock))
    assert bootstrap.prepare(dev=True) == tmp_path / "bin" / "python"


def test_a_new_lock_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "_install", lambda lock, _python: installed.append(lock))
    bootstrap._stamp(bootstrap.RUNTIME_LOCK).write_text("an older lock")
    bootstrap.prepare()
    bootstrap.prepare()
    assert installed == [bootstrap.RUNTIME_LOCK]


@pytest.mark.parametrize(("output", "words"), [
    ("error: Failed to fetch: `simple/dash/` dns error: failed to lookup address", "HTTPS_PROXY"),
    ("error: Failed to build `x`\n error: command 'gcc' failed", "C compiler"),
    ("error: Permission denied (os error 13)", "may not be written"),
    ("error: No space left on device", "disk is full"),
    ("something nobody has seen", "something nobody has seen"),
])
def test_a_failed_installation_is_explained(output: str, words: str) -> None:
    assert words in bootstrap._explain("requirements.txt", output)


def test_an_old_python_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 1))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _name: None)
    with pytest.raises(Trouble, match=r"too old: 3\.11 or newer"):
        bootstrap.prepare()


def program(path: Path, version: str) -> str:
    path.write_text(f"#!/bin/sh\necho 'Program {version}'\n")
    path.chmod(0o755)
    return str(path)


def test_a_browser_needs_a_driver_of_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER_PATH", program(tmp_path / "chromium", "156.0.8078.79"))
    monkeypatch.setenv("CHROMEDRIVER_PATH", program(tmp_path / "chromedriver", "140.0.1.2"))
    assert browser.find_browser() is None
    program(tmp_path / "chromedriver", "156.0.1.2")
    assert browser.find_browser() == browser.Browser(str(tmp_path / "chromium"), str(tmp_path / "chromedriver"))


def test_a_browser_that_cannot_be_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "find_browser", lambda: None)
    monkeypatch.setattr(browser, "_fetch_with_selenium", lambda _python: None)
    monkeypatch.setattr(system_packages.shutil, "which", lambda name: "/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 1000)
    with pytest.raises(Trouble) as told:
        browser.ensure_browser(Path(sys.executable))
    assert "neither root nor sudo" in str(told.value)
    assert "apt-get install -y --no-install-recommends chromium chromium-driver" in str(told.value)


def settings(tmp_path: Path, port: int) -> Settings:
    return demo_settings(tmp_path, database_url="postgresql:///x", port=port)


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Trouble, match=f"Port {port} .*PORT={port + 1} make run"):
            serve._check_port(settings(tmp_path, port))
    serve._check_port(settings(tmp_path, port))


def test_a_second_start_on_the_same_data_is_told(tmp_path: Path) -> None:
    with (tmp_path / "run.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Trouble, match="already runs"), serve._only_one(tmp_path):
            pytest.fail("two products on one folder")
    with serve._only_one(tmp_path):
        pass


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(Trouble, match="VAR_DIR"), serve._only_one(blocked / "var"):
        pytest.fail("wrote into a file")


def test_missing_settings_are_told_without_a_traceback(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "VAR_DIR": str(tmp_path / "var"),
                   "DATABASE_URL": "postgresql://web@127.0.0.1:1/x"}
    result = subprocess.run([sys.executable, "-m", "scripts.serve"], cwd=ROOT, env=environment, capture_output=True,
                            text=True)
    assert result.returncode == 1
    assert "SECRET_KEY: is missing" in result.stderr
    assert "JWT_KEYS: is missing" in result.stderr
    assert "Traceback" not in result.stderr


def wait_for(condition: object, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_dead_child_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.supervisor.FIRST_PAUSE", 0.05)
    marks = tmp_path / "marks"
    child = Child("worker", ["/bin/sh", "-c", f"echo x >> {marks}; echo dying; exit 3"], tmp_path / "worker.log",
                  dict(os.environ))
    child._pause = 0.05
    supervisor = Supervisor()
    supervisor.add(child)
    supervisor.watch(until=lambda: marks.exists() and marks.read_text().count("x") >= 3, pause=0.01)
    supervisor.stop()
    assert child._pause > 0.05, "the pause grows"
    assert "dying" in child.last_words()


def test_children_are_stopped_and_the_stubborn_one_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.supervisor.PATIENCE", 0.5)
    supervisor = Supervisor()
    polite = supervisor.add(Child("polite", ["sleep", "60"], tmp_path / "polite.log", dict(os.environ)))
    stubborn = supervisor.add(Child("stubborn", ["/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"],
                                    tmp_path / "stubborn.log", dict(os.environ)))
    wait_for(lambda: "up" in stubborn.last_words())
    supervisor.stop()
    assert not polite.is_alive
    assert not stubborn.is_alive


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_watch_once(number: signal.Signals) -> None:
    kept = {sign: signal.getsignal(sign) for sign in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)}
    supervisor = Supervisor()
    try:
        supervisor.obey_signals()
        with pytest.raises(KeyboardInterrupt):
            supervisor.watch(until=lambda: os.kill(os.getpid(), number) is not None)
        os.kill(os.getpid(), number)  # a second Ctrl-C while stopping changes nothing
    finally:
        for sign, handler in kept.items():
            signal.signal(sign, handler)


def test_stand_ins_answer_only_where_nobody_set_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FACEBOOK_GRAPH_URL", raising=False)
    monkeypatch.delenv("RATES_URL", raising=False)
    monkeypatch.delenv("AMOCRM_ACCOUNT_URL", raising=False)
    for name in ("SMTP_URL", "TELEGRAM_API_URL", "TELEGRAM_BOT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    serve._publish(tmp_path, None)
    ours = demo_settings(tmp_path, database_url="postgresql:///x")
    assert set(serve._stand_in_ports(ours)) == {"--graph-port", "--rates-port", "--amocrm-port", "--mail-port",
                                                "--mail-page-port", "--telegram-port"}
    assert ours.facebook_graph_url.startswith("http://127.0.0.1:")
    monkeypatch.setenv("FACEBOOK_GRAPH_URL", "http://127.0.0.1:9999")
    theirs = demo_settings(tmp_path, database_url="postgresql:///x")
    monkeypatch.setenv("SMTP_URL", "smtp://mail.example.com:587")
    theirs = demo_settings(tmp_path, database_url="postgresql:///x")
    assert set(serve._stand_in_ports(theirs)) == {"--rates-port", "--amocrm-port", "--telegram-port"}
