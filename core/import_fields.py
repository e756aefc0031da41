"""What columns an import may have: the fields of each kind, and the headers by which they are recognised."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class ImportKind(StrEnum):
    """What the rows of a file are."""

    LEADS = "leads"
    SALES = "sales"
    SPEND = "spend"


@dataclass(frozen=True)
class ImportField:
    """A field of a row; ``names`` are headers that mean it, in lower case with single underscores."""

    name: str
    names: frozenset[str]
    required: bool = False


def _field(name: str, *names: str, required: bool = False) -> ImportField:
    return ImportField(name, frozenset({name, *names}), required)


_MARKS = (
    _field("utm_source", "source_utm"), _field("utm_medium"), _field("utm_campaign"), _field("utm_content"),
    _field("utm_term"), _field("utm_id"), _field("fbclid"))
_PERSON = (
    _field("name", "имя", "фио", "клиент", "контакт", "customer", "customer_name", "client", "contact", "full_name",
           "аты", "аты_жөні"),
    _field("phone", "телефон", "телефон_клиента", "phone_number", "tel", "mobile", "рабочий_телефон",
           "мобильный_телефон", "телефон_нөмірі"),
    _field("email", "e_mail", "почта", "эл_почта", "электронная_почта", "mail", "рабочий_email", "пошта"))
_DEAL = _field("deal_id", "id_сделки", "сделка", "номер_сделки", "amocrm_id", "amocrm_lead_id", "lead_id", "deal",
               "мәміле")

FIELDS: Mapping[ImportKind, tuple[ImportField, ...]] = {
    ImportKind.LEADS: (
        _field("submitted_at", "дата", "дата_заявки", "created_at", "created", "date", "sent", "submitted", "время",
               "дата_создания", "datetime", "timestamp", "күні", required=True),
        *_PERSON,
        _field("source", "источник", "форма", "лендинг", "landing", "form", "page", "дереккөз"),
        _field("funnel", "воронка", "воронқа"),
        *_MARKS, _field("client_id", "ga_client_id"), _DEAL,
        _field("id", "tranid", "номер", "id_заявки", "submission_id", "requestid", "request_id")),
    ImportKind.SALES: (
        _field("sold_at", "дата", "дата_продажи", "дата_закрытия", "closed_at", "date", "sale_date", "sold",
               "дата_оплаты", "paid_at", "сатылған_күні", "күні", required=True),
        _field("product", "продукт", "товар", "курс", "тариф", "өнім", required=True),
        _field("amount", "сумма", "бюджет", "стоимость", "цена", "price", "sale_amount", "revenue", "оплата", "сома",
               "сумма_продажи"),
        _field("currency", "валюта"),
        *_PERSON, *_MARKS, _DEAL, _field("id", "номер", "номер_заказа", "order_id", "order", "id_продажи")),
    ImportKind.SPEND: (
        _field("day", "дата", "день", "date", "stat_date", "дата_начала", "reporting_starts", "начало_отчетности",
               "күні", required=True),
        _field("channel", "канал", "платформа", "platform", "source", "источник", "арна"),
        _field("campaign", "кампания", "название_кампании", "campaign_name", "имя_кампании", "науқан"),
        _field("campaign_id", "id_кампании", "номер_кампании", "идентификатор_кампании"),
        _field("account_id", "id_аккаунта", "аккаунт", "кабинет", "account", "идентификатор_аккаунта"),
        _field("spend", "расход", "расходы", "затраты", "потрачено", "cost", "amount_spent", "сумма_затрат",
               "сумма_затрат_usd", "amount_spent_usd", "стоимость", "шығын", required=True),
        _field("currency", "валюта"),
        _field("impressions", "показы", "көрсетілім"), _field("clicks", "клики", "клики_все", "clicks_all", "шерту")),
}
# What may be said once for the whole file instead of in a column.
CONSTANT_FIELDS: Mapping[ImportKind, frozenset[str]] = {
    ImportKind.LEADS: frozenset({"source", "funnel"}),
    ImportKind.SALES: frozenset({"product", "currency"}),
    ImportKind.SPEND: frozenset({"channel", "currency", "account_id"}),
}


def field_names(kind: ImportKind) -> tuple[str, ...]:
    """The names of the fields of a kind, in the order in which people look for them."""
    return tuple(field.name for field in FIELDS[kind])


def missing_fields(kind: ImportKind, columns: Mapping[str, int], constants: Mapping[str, str]) -> list[str]:
    """Required fields that nothing gives."""
    given = {*columns, *constants}
    wanted = [field.name for field in FIELDS[kind] if field.required]
    if kind is ImportKind.SPEND:
        wanted += ["channel", "currency"]
        if "campaign_id" not in given:
            wanted.append("campaign")
    if kind is ImportKind.LEADS and not {"phone", "email"} & given:
        wanted.append("phone")
    return [name for name in wanted if name not in given]


def guess_mapping(kind: ImportKind, header: Sequence[str]) -> dict[str, int]:
    """Field to column, as far as the headers say; each column once, the exact name of a field before its synonyms."""
    plain = [_plain(title) for title in header]
    found: dict[str, int] = {}
    for exact in (True, False):
        for field in FIELDS[kind]:
            names = frozenset({field.name}) if exact else field.names
            if field.name not in found:
                place = next((place for place, title in enumerate(plain)
                              if title in names and place not in found.values()), None)
                if place is not None:
                    found[field.name] = place
    return found


def _plain(title: str) -> str:
    letters = "".join(letter if letter.isalnum() else " " for letter in title.lower().replace("ё", "е"))
    return "_".join(letters.split())
