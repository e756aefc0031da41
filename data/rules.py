"""The rules of attribution and the reading of amoCRM as an admin has arranged them.

Invariant: rules are read whole, in one transaction with what they are applied to; nothing of them is kept between two
transactions, so a changed rule counts from the next one on.
"""

from sqlalchemy import Connection

from core.attribution_rules import Alias, Binding, CampaignRef, Rules
from data.people import load_teams
from data.queries import run

LOOK_BACK_DAYS = 90


def load_rules(connection: Connection, account_id: str | None = None) -> Rules:
    """Everything attribution goes by now; of the campaigns those of one account only, when that is all that is asked.

    The look-back is the fact ``attribution_look_back_days``, else 90 days.
    """
    general = run(connection, "rules/version")[0]
    look_back = general["look_back_days"]
    return Rules(
        teams=load_teams(connection),
        aliases=tuple(Alias(
            id=str(row["id"]), team_slug=row["team_slug"], utm_source=row["utm_source"], utm_medium=row["utm_medium"],
            campaign_token=row["campaign_token"], funnel=row["funnel"], priority=row["priority"],
            valid_from=row["valid_from"], valid_to=row["valid_to"]) for row in run(connection, "rules/aliases")),
        bindings=tuple(Binding(
            id=str(row["id"]), team_slug=row["team_slug"], kind=row["kind"], external_id=row["external_id"],
            valid_from=row["valid_from"], valid_to=row["valid_to"]) for row in run(connection, "rules/bindings")),
        campaigns=tuple(CampaignRef(
            id=str(row["id"]), external_id=row["external_id"], account_id=row["account_id"], name=row["name"],
            team_slug=row["team_slug"], is_split=row["is_split"])
            for row in run(connection, "rules/campaigns", account_id=account_id)),
        version=general["version"],
        look_back_days=int(look_back) if look_back else LOOK_BACK_DAYS,
    )


def load_field_rows(connection: Connection) -> tuple[tuple[str, str, str, int], ...]:
    """Which custom fields of amoCRM mean what: (target, kind, value, position)."""
    return tuple((row["target"], row["kind"], row["value"], row["position"])
                 for row in run(connection, "rules/amocrm_fields"))
