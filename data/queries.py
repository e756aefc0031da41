"""SQL texts by name: the files under ``sql/`` are the only place where reading is spelled out."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, TextClause, text

SQL_FOLDER = Path(__file__).resolve().parent.parent / "sql"


@cache
def load_sql(name: str) -> TextClause:
    """The statement in ``sql/<name>.sql``, read once per process; parameters are written ``:like_this``.

    Raises: FileNotFoundError for a name without a file.
    """
    return text(read_sql(name))


def read_sql(name: str) -> str:
    """The plain text of ``sql/<name>.sql``."""
    return (SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def run(connection: Connection, name: str, **parameters: Any) -> list[Mapping[str, Any]]:
    """All rows the named statement answers with these parameters, by column name."""
    # SQLAlchemy types the keys more widely than the column names they are.
    return cast(list[Mapping[str, Any]], connection.execute(load_sql(name), parameters).mappings().all())
