"""Sales and revenue of a period by team as each attribution model shares them.

Invariant: for every model the teams and the unattributed rest add up to all sales and all revenue that the viewer sees.
A viewer of one team sees touches and sales of that team only, so there the models agree.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from core.filters import NO_TEAM, Filters
from core.records import Scope
from core.reports import ModelRow, ModelsReport
from core.touch_models import round_parts, share_by
from data.queries import run
from data.removal_effects import load_effects
from data.reports.context import ReportContext
from data.reports.selection import select
from data.rules import load_rules

_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_CENT = Decimal("0.01")
_Part = dict[tuple[str, str | None], Decimal]


def load_models(
    connection: Connection, filters: Filters, scope: Scope, context: ReportContext, models: Sequence[str]
) -> ModelsReport:
    """A row for each of these models and each team with a share; teams of the filter choose rows, not sales.

    Sales are exact; revenue is rounded to hundredths so that the rows of a model add up to the same total.
    """
    effects, learned_at = load_effects(connection)
    chosen = select(filters, scope, context.teams)
    paths = run(
        connection, "reports/sale_paths", basis=filters.basis, currency=filters.currency,
        first_day=context.period.first, last_day=context.period.last,
        look_back_days=load_rules(connection).look_back_days, all_campaigns=chosen.all_campaigns,
        campaign_ids=list(chosen.campaign_ids))
    sales, money, unknown = _add_up(paths, models, effects)
    for model in models:
        parts = {key: part for key, part in money.items() if key[0] == model}
        money |= round_parts(parts, _CENT)
    looks = {look.slug: look for look in context.looks.values()}
    order = {slug: place for place, slug in enumerate([*(team["slug"] for team in context.teams), None])}
    rows = [ModelRow(model, looks[team], count, None if (model, team) in unknown else money[model, team])
            for (model, team), count in sales.items() if not filters.teams or (team or NO_TEAM) in filters.teams]
    rows.sort(key=lambda one: (models.index(one.model), order[one.team.slug]))
    return ModelsReport(context.period, filters.currency, tuple(rows), learned_at)


def _add_up(
    paths: Iterable[Mapping[str, Any]], models: Sequence[str], effects: Mapping[str, Decimal]
) -> tuple[_Part, _Part, set[tuple[str, str | None]]]:
    """Sales and money by model and team, and where money of an unknown rate is part of it."""
    sales: _Part = defaultdict(Decimal)
    money: _Part = defaultdict(Decimal)
    unknown: set[tuple[str, str | None]] = set()
    for path in paths:
        touches = list(zip(path["moments"] or [_NO_TIME] * len(path["teams"]), path["teams"], strict=True))
        for model in models:
            for team, share in share_by(model, touches, effects).items():
                sales[model, team] += share * path["sales"]
                if path["money"] is None:
                    unknown.add((model, team))
                else:
                    money[model, team] += share * path["money"]
    return sales, money, unknown
