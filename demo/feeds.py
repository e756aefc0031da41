"""What the stand-ins of the demo company answer from: its advertising for Facebook, its deals for amoCRM.

Invariant: the account tells the same story as the webhooks: a reader of either comes to the same deals and sales.
"""

from typing import Any

from demo.ads import make_ads
from demo.amocrm_bodies import ACCOUNT_ID, EMAIL_FIELD, PHONE_FIELD, SUBDOMAIN, lead_fields
from demo.contacts import ContactCard
from demo.crm_data import CrmData
from demo.deals import Deal
from demo.graph_data import GraphData
from demo.stories import LOST, PIPELINES, WON, Pipeline
from demo.world import Setting, World, token_of

# The older pipelines of one product stand in the account as pipelines of their own.
_COLORS = ("#fffeb2", "#fffd7f")


def graph_data_of(setting: Setting) -> GraphData:
    """The Facebook side: every targetologist's token reads the accounts of the own team."""
    advertising = setting.advertising
    tokens: dict[str, tuple[str, ...]] = {}
    for plan in advertising.accounts:
        token = token_of(plan.owner_slug)
        tokens[token] = (*tokens.get(token, ()), plan.account.id)
    return GraphData(
        accounts=tuple(plan.account for plan in advertising.accounts),
        campaigns=tuple(plan.record for plan in advertising.campaigns),
        days=advertising.days,
        tokens=tokens,
        ads=make_ads(advertising.campaigns),
    )


def crm_data_of(world: World) -> CrmData:
    """The amoCRM side: deals as they stand now, contact cards and pipelines."""
    cards = {deal.contact.id: deal.contact for deal in world.deals if deal.contact}
    return CrmData(
        account_id=ACCOUNT_ID,
        subdomain=SUBDOMAIN,
        leads=[_lead(deal) for deal in world.deals],
        contacts=[_contact(card) for card in cards.values()],
        pipelines=[_pipeline(place, pipeline) for place, pipeline in enumerate(PIPELINES.values())],
    )


def _lead(deal: Deal) -> dict[str, Any]:
    changes = [change for change in deal.story.changes if change.action != "delete"]
    last = changes[-1]
    said = [change.price for change in changes if change.price is not None]
    sale = deal.story.sale
    closed_at = None
    if last.status == WON:
        # A later edit of the price moves the change, not the close.
        won_at = sale.sold_at if sale else last.at
        closed_at = int(won_at.timestamp())
    elif last.status == LOST:
        closed_at = int(last.at.timestamp())
    fields = [
        {"field_id": number, "field_name": name, "field_code": code, "field_type": "tracking_data",
         "values": [{"value": value.strip()}]}
        for number, name, code, value in lead_fields(deal)
    ]  # fmt: skip
    return {
        "id": deal.id,
        "name": deal.name,
        "price": int(said[-1] or 0) if said else 0,
        "responsible_user_id": 0,
        "status_id": last.status,
        "pipeline_id": last.pipeline,
        "loss_reason_id": None,
        "created_by": 0,
        "updated_by": 0,
        "created_at": int(deal.created_at.timestamp()),
        "updated_at": int(last.at.timestamp()),
        "closed_at": closed_at,
        "is_deleted": any(change.action == "delete" for change in deal.story.changes),
        "custom_fields_values": fields or None,
        "account_id": ACCOUNT_ID,
        "_embedded": {"contacts": [{"id": deal.contact.id, "is_main": True}] if deal.contact else []},
    }


def _contact(card: ContactCard) -> dict[str, Any]:
    fields = []
    if card.phone is not None:
        fields.append(_multitext(PHONE_FIELD, "Телефон", "PHONE", card.phone, "MOB"))
    if card.email is not None:
        fields.append(_multitext(EMAIL_FIELD, "Email", "EMAIL", card.email, "WORK"))
    links = sorted(card.links)
    return {
        "id": card.id,
        "name": card.person.name,
        "responsible_user_id": 0,
        "created_at": int(links[0][0].timestamp()),
        "updated_at": int(links[-1][0].timestamp()),
        "is_deleted": False,
        "custom_fields_values": fields or None,
        "account_id": ACCOUNT_ID,
        "_embedded": {"leads": [{"id": deal_id} for _, deal_id in links]},
    }


def _multitext(number: int, name: str, code: str, value: str, kind: str) -> dict[str, Any]:
    return {"field_id": number, "field_name": name, "field_code": code, "field_type": "multitext",
            "values": [{"value": value, "enum_id": number * 10, "enum_code": kind}]}  # fmt: skip


def _pipeline(place: int, pipeline: Pipeline) -> dict[str, Any]:
    stages = (
        (pipeline.first, "Новая заявка", True, _COLORS[0]), (pipeline.second, "В работе", True, _COLORS[1]),
        (WON, "Успешно реализовано", False, "#CCFF66"), (LOST, "Закрыто и не реализовано", False, "#D5D8DB"),
    )  # fmt: skip
    statuses = [
        {"id": number, "name": name, "sort": 10 * (order + 1), "is_editable": is_editable, "pipeline_id": pipeline.id,
         "color": color, "type": 0, "account_id": ACCOUNT_ID}
        for order, (number, name, is_editable, color) in enumerate(stages)
    ]  # fmt: skip
    return {"id": pipeline.id, "name": pipeline.name, "sort": place + 1, "is_main": place == 0, "is_archive": False,
            "account_id": ACCOUNT_ID, "_embedded": {"statuses": statuses}}  # fmt: skip
