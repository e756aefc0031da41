"""The tools agree: style by ruff, direction of imports by import-linter."""

import subprocess
import sys
from pathlib import Path

from tests.house.tree import FOLDERS, ROOT, files

BIN = Path(sys.executable).parent


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_ruff_finds_nothing() -> None:
    result = run(str(BIN / "ruff"), "check", "--no-cache", "--output-format", "concise", ".")
    assert result.returncode == 0, result.stdout


def test_imports_run_downwards() -> None:
    result = run(str(BIN / "lint-imports"), "--no-cache", "--config", "pyproject.toml")
    assert result.returncode == 0, result.stdout[-4000:]


def test_ruff_bans_what_the_house_forbids(tmp_path: Path) -> None:
    module = tmp_path / "bad.py"
    module.write_text('"""Bad."""\n\nimport os\nfrom datetime import datetime\n\nfrom app import create_app\n\n'
                      'create_app(os.environ)\nprint(datetime.now())\n')
    said = run(str(BIN / "ruff"), "check", "--no-cache", "--config", "pyproject.toml", "--output-format", "concise",
               str(module)).stdout
    assert said.count("TID251") == 2, said
    assert "T201" in said
    assert "DTZ005" in said


def test_every_folder_of_the_house_is_there() -> None:
    empty = [folder for folder in FOLDERS if not files(".py", within=(folder,))]
    assert not empty


def test_modules_only_define(tmp_path: Path) -> None:
    """Importing anything below the doors needs no environment, no database and no network."""
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts)
               for path in files(".py", within=("core", "data", "auth", "integrations", "components", "demo"))
               if path.name not in ("__main__.py", "env.py") and "versions" not in path.parts]
    script = ("import importlib, socket, sys\n"
              "def refuse(*_): raise AssertionError('network at import')\n"
              "socket.socket.connect = refuse\n"
              "for name in sys.argv[1:]: importlib.import_module(name.removesuffix('.__init__'))\n")
    result = subprocess.run([sys.executable, "-c", script, *modules], cwd=tmp_path, capture_output=True, text=True,
                            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)})
    assert result.returncode == 0, result.stderr[-3000:]
