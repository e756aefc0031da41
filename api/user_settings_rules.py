"""What of a person's settings is refused, field by field, each with its sentence."""

import re
from collections.abc import Iterable
from dataclasses import replace

from api.problems import FieldProblem
from api.user_settings_shapes import NotificationsBody, TeamLookBody, UtmBody, UtmTemplateBody
from core.records import Role, Team
from core.rule_book import Flaw
from core.team_names import LONGEST_NAME
from core.team_rules import look_flaws
from core.texts import t
from core.user_settings import Notifying, OwnTeam, UserSettings, UtmDefaults
from core.utm_links import LONGEST_MARK, MACROS, MOST_TEMPLATES, UtmTemplate, mark_flaw, source_flaw
from data.people import PeopleError, normalize_login

_CHAT = re.compile(r"-?[1-9]\d{3,19}")
_EMAIL = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\".]{2,}")


class Refused(Exception):
    """Values that do not fit, with every reason."""

    def __init__(self, problems: Iterable[FieldProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(one.field for one in self.problems))


def change_utm(old: UserSettings, body: UtmBody, *, is_admin: bool) -> UtmDefaults:
    """The marks after a change. Raises: Refused."""
    given, problems, utm = body.model_fields_set, [], old.utm
    if body.source is not None and body.source.strip() != utm.source:
        if utm.locked and not is_admin:
            problems.append(FieldProblem(field="utm.source", message=t("utm.source_locked")))
        problems += _flaw("utm.source", source_flaw(body.source))
        utm = replace(utm, source=body.source.strip())
    if body.medium is not None:
        problems += _flaw("utm.medium", source_flaw(body.medium))
        utm = replace(utm, medium=body.medium.strip())
    if body.locked is not None and body.locked != utm.locked:
        if not is_admin:
            problems.append(FieldProblem(field="utm.locked", message=t("utm.lock_is_admins")))
        utm = replace(utm, locked=body.locked)
    if body.templates is not None:
        problems += _repeated_names(body.templates)
        utm = replace(utm, templates=tuple(map(_template, body.templates)))
        problems += [flaw for place, one in enumerate(body.templates)
                     for flaw in _template_flaws(f"utm.templates.{place}", one)]
    if body.save_template is not None:
        new = _template(body.save_template)
        problems += _template_flaws("utm.save_template", body.save_template)
        utm = replace(utm, templates=(*(one for one in utm.templates if not _same(one.name, new.name)), new))
    if "remove_template" in given and body.remove_template is not None:
        left = tuple(one for one in utm.templates if not _same(one.name, body.remove_template))
        if len(left) == len(utm.templates):
            problems.append(FieldProblem(field="utm.remove_template", message=t("utm.template_unknown")))
        utm = replace(utm, templates=left)
    if len(utm.templates) > MOST_TEMPLATES:
        problems.append(FieldProblem(field="utm.templates", message=t("utm.template_many", most=MOST_TEMPLATES)))
    if problems:
        raise Refused(problems)
    return utm


def _template(body: UtmTemplateBody) -> UtmTemplate:
    return UtmTemplate(**{name: value.strip() for name, value in body.model_dump().items()})


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _repeated_names(templates: list[UtmTemplateBody]) -> list[FieldProblem]:
    names = [one.name.strip().casefold() for one in templates]
    return [FieldProblem(field=f"utm.templates.{place}.name", message=t("utm.template_repeated"))
            for place, name in enumerate(names) if name in names[:place]]


def _template_flaws(place: str, body: UtmTemplateBody) -> list[FieldProblem]:
    problems = []
    if not body.name.strip() or len(body.name.strip()) > LONGEST_NAME:
        problems.append(FieldProblem(field=f"{place}.name", message=t("utm.template_name", most=LONGEST_NAME)))
    if body.medium.strip():
        problems += _flaw(f"{place}.medium", source_flaw(body.medium))
    for name in ("campaign", "content", "term", "id"):
        problems += _flaw(f"{place}.{name}", mark_flaw(getattr(body, name)))
    return problems


def _flaw(field: str, key: str | None) -> list[FieldProblem]:
    if key is None:
        return []
    return [FieldProblem(field=field, message=t(key, most=LONGEST_MARK, macros=", ".join(MACROS)))]


def change_notifying(old: UserSettings, body: NotificationsBody) -> tuple[Notifying, str | None]:
    """The notifications after a change, and the address that has to be confirmed first. Raises: Refused."""
    given, problems, new = body.model_fields_set, [], old.notifying
    plain = {name: getattr(body, name) for name in ("email_enabled", "telegram_enabled", "frequency", "hour")
             if getattr(body, name) is not None}
    quiet = {name: getattr(body, name) for name in ("quiet_from", "quiet_to") if name in given}
    new = replace(new, **plain, **quiet)
    if (new.quiet_from is None) != (new.quiet_to is None):
        missing = "quiet_from" if new.quiet_from is None else "quiet_to"
        problems.append(FieldProblem(field=f"notifications.{missing}", message=t("notify.quiet_half")))
    elif new.quiet_from is not None and new.quiet_from == new.quiet_to:
        problems.append(FieldProblem(field="notifications.quiet_to", message=t("notify.quiet_same")))
    if "telegram" in given:
        chat = (body.telegram or "").strip()
        if chat and not _CHAT.fullmatch(chat):
            problems.append(FieldProblem(field="notifications.telegram", message=t("notify.chat_form")))
        if chat != (new.telegram or ""):
            new = replace(new, telegram=chat or None, telegram_problem=None)
    pending = None
    if "email" in given:
        address, flaw = _read_email(body.email)
        problems += [FieldProblem(field="notifications.email", message=t(flaw))] if flaw else []
        if address in (None, old.login):
            new = replace(new, email=None)
        elif address != new.email:
            pending = address
    if problems:
        raise Refused(problems)
    return new, pending


def _read_email(given: str | None) -> tuple[str | None, str | None]:
    """The address as it is stored, or the key of the sentence that refuses it."""
    if not (given or "").strip():
        return None, None
    try:
        address = normalize_login(given or "")
    except PeopleError:
        return None, "problem.email_invalid"
    return (address, None) if _EMAIL.fullmatch(address) and len(address) <= 254 else (None, "problem.email_invalid")


def change_look(team: OwnTeam, body: TeamLookBody, others: Iterable[Team]) -> OwnTeam:
    """The team with its new look, to be told from the others. Raises: Refused."""
    new = replace(team, name=(team.name if body.name is None else body.name).strip(),
                  color=(team.color if body.color is None else body.color).strip().upper(),
                  emoji=(team.emoji if body.emoji is None else body.emoji).strip())
    flaws = look_flaws(new.name, new.color, new.emoji, others)
    if flaws:
        raise Refused(FieldProblem(field=f"team.{flaw.field}", message=_look_sentence(flaw)) for flaw in flaws)
    return new


def _look_sentence(flaw: Flaw) -> str:
    """Whoever renames the own team does not learn the name of another one."""
    return t("look.name_taken") if "team" in flaw.values else t(flaw.key, **flaw.values)


def forbidden_parts(role: Role, parts: set[str]) -> list[FieldProblem]:
    """What a role may not set at all: an analyst has notifications only."""
    if role is not Role.ANALYST:
        return []
    return [FieldProblem(field=part, message=t("settings.not_for_analysts")) for part in sorted(parts - {
        "notifications", "version"})]
