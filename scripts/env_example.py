"""``make env-example``: writes ``.env.example`` from the settings class, the only description of the settings."""

import json
from pathlib import Path
from textwrap import wrap

from core.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / ".env.example"
HEAD = """\
# Settings of Traffic Dashboard, made by `make env-example` from core/settings.py.
# Copy to .env, or set the same variables in the environment, which wins. Without DATABASE_URL `make run` starts a demo
# that needs none of them. A random secret: python3 -c "import secrets; print(secrets.token_urlsafe(32))"
"""


def env_example() -> str:
    """The text of ``.env.example``: help, then ``NAME=`` to fill in or ``#NAME=default``."""
    parts = [HEAD]
    for name, field in Settings.model_fields.items():
        comment = field.description or ""
        if field.is_required():
            line = f"{name.upper()}="
            comment = f"Required. {comment}"
        else:
            line = f"#{name.upper()}={_as_text(field.default)}"
        parts.append("\n".join([*(f"# {row}" for row in wrap(comment, 116)), line]) + "\n")
    return "\n".join(parts)


def _as_text(default: object) -> str:
    """A default the way a person writes it into the file; unknown and empty are nothing."""
    if default is None or default == ():
        return ""
    if isinstance(default, bool):
        return "on" if default else "off"
    return str(default) if isinstance(default, str | Path) else json.dumps(default)


if __name__ == "__main__":
    EXAMPLE.write_text(env_example(), "utf-8")
