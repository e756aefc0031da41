"""Every form of the product and what is tried with it: something wrong, something late, and what it is for.

A form stands here with what its fields are given, or names the test that walks through it; those that do neither are
found by ``tests/house/test_forms.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Fields = Mapping[str, str | bool | list[str]]
OWN_DRAFT = "a draft that only its maker sees; the conflict is that of applying it"


@dataclass(frozen=True)
class FormCase:
    """A form, ``drawn`` by a function of the components, on a page as one of the people sees it.

    ``named`` are statements whose answers stand in braces in all other texts. ``wrong`` is refused with ``said`` at the
    field ``at``. Then somebody else is quicker: ``meanwhile`` (statements) changes the row behind the form's back, or
    ``clash`` is what somebody else has taken; the answer is ``late`` (at the form, or at the field ``late_at``). Where
    nobody can be quicker, ``alone`` says why. ``right`` makes ``stands`` (a statement, or what is counted on the page)
    answer ``becomes``.
    """

    drawn: str
    form: str
    who: str
    page: str
    wrong: Fields
    at: str
    said: str
    right: Fields
    stands: str
    becomes: str
    meanwhile: str = ""
    clash: Fields | None = None
    late: str = "Загрузить заново"
    late_at: str = ""
    alone: str = ""
    before: str = ""
    after: str = ""
    named: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WalkedElsewhere:
    """A form with a journey of its own; ``tests`` show right, wrong and late, or ``alone`` says why nothing is late."""

    drawn: str
    form: str
    tests: tuple[str, ...]
    alone: str = ""


def user_of(name: str) -> str:
    """The id of one of the company's people."""
    return f"SELECT id FROM traffic_users WHERE email = '{name}@demo.local'"


_SETTINGS_OF = """INSERT INTO traffic_targetologist_settings (user_id) VALUES ('{user}') ON CONFLICT (user_id)
    DO UPDATE SET version = traffic_targetologist_settings.version + 1"""
_FORGET_SETTINGS = "DELETE FROM traffic_targetologist_settings WHERE user_id = '{user}'"
_TEAM = "SELECT id FROM traffic_teams WHERE slug = '{}'"
_CONVERSIONS = "INSERT INTO conversion_settings (team_id, dataset_id, token) VALUES ('{team}', '12345', 'x')"
_IMPORT = """INSERT INTO imports (kind, file_name, size, digest, content, encoding, separator, header, columns)
    VALUES ('sales', 'old.csv', 60, 'form-case', convert_to('when;product;sum;phone' || chr(10)
    || '10.01.2020;Экспресс;5000;87010000009', 'UTF8'), 'utf-8', ';', '{when,product,sum,phone}', '{}')"""
_CONNECTION = """INSERT INTO amocrm_connection (base_url, account_id, access_token, refresh_token, expires_at)
    VALUES ('https://example.amocrm.ru', 1, 'x', 'x', now() + interval '1 day')"""

CASES: tuple[FormCase, ...] = (
    # -- an admin's
    FormCase(
        "team_form.create_constructor", "team-form", "admin", "/admin/teams",
        {"name": "Қазына", "user.email": "kazyna@academy,kz"}, "user.email", "запятая",
        {"name": "Қазына", "user.email": "kazyna@academy.kz", "invitation": "link"},
        "SELECT count(*) FROM traffic_users WHERE email = 'kazyna@academy.kz'", "1",
        clash={"name": "дaла", "user.email": "kazyna@academy.kz"}, late_at="name", late="Дала",
        after="UPDATE traffic_teams SET is_active = false WHERE slug = 'kazyna'"),
    FormCase(
        "team_form.create_editor", "team-form", "admin", "/admin/teams?edit={team}", {"color": "#101020"}, "color",
        "тёмный", {"name": "Дала плюс"}, "SELECT name FROM traffic_teams WHERE id = '{team}'", "Дала плюс",
        meanwhile="UPDATE traffic_teams SET emoji = '🐺' WHERE id = '{team}'", named={"team": _TEAM.format("dala")},
        after="UPDATE traffic_teams SET name = 'Дала' WHERE id = '{team}'"),
    FormCase(
        "users_page._invitation", "invite-form", "admin", "/admin/users", {"email": "perizat@academy,kz"}, "email",
        "запятая", {"email": "perizat@academy.kz", "role": "analyst"},
        "SELECT coalesce(max(role), '') FROM traffic_users WHERE email = 'perizat@academy.kz'", "analyst",
        clash={"email": "Altai@demo.local", "role": "analyst"}, late_at="email", late="уже занят"),
    FormCase(
        "users_page._editor", "user-form", "admin", "/admin/users?edit={user}", {"team": " "}, "team",
        "Таргетологу нужна команда", {"name": "Дала Т."}, "SELECT full_name FROM traffic_users WHERE id = '{user}'",
        "Дала Т.", meanwhile="UPDATE traffic_users SET full_name = 'Раньше' WHERE id = '{user}'",
        named={"user": user_of("dala")}),
    FormCase(
        "users_page.create_user_marks", "user-utm-form", "admin", "/admin/users?edit={user}",
        {"utm.source": "{{campaign.nam}}"}, "utm.source", "макрос", {"utm.source": "fb_altai", "utm.locked": True},
        "SELECT coalesce(max(utm_source || utm_locked), '') FROM traffic_targetologist_settings"
        " WHERE user_id = '{user}'",
        "fb_altaitrue", meanwhile=_SETTINGS_OF, named={"user": user_of("altai")}, after=_FORGET_SETTINGS),
    FormCase(
        "plans_page._form", "plan-form-tulpar", "admin", "/admin/plans?week=2026-01-05", {"revenue": ""}, "revenue",
        "хотя бы одну цель", {"sales": "20"},
        "SELECT coalesce(max(plan_sales), 0) FROM traffic_weekly_plans WHERE team_id = '{team}'", "20",
        meanwhile="INSERT INTO traffic_weekly_plans (team_id, week_start, plan_sales)"
                  " VALUES ('{team}', '2026-01-05', 7)",
        named={"team": _TEAM.format("tulpar")}, after="DELETE FROM traffic_weekly_plans WHERE team_id = '{team}'"),
    FormCase(
        "plans_page.create_thresholds_card", "thresholds-form", "admin", "/admin/plans", {"weak": "5"}, "weak",
        "окупаемости", {"weak": "0.25"}, "SELECT trim_scale(weak) FROM verdict_thresholds", "0.25",
        meanwhile="UPDATE verdict_thresholds SET goal = 2.5",
        after="UPDATE verdict_thresholds SET goal = 2, weak = 0.5"),
    FormCase(
        "claims_page._decision", "claim-form-{claim}", "admin", "/admin/claims", {"answer": " "}, "answer", "Заполните",
        {"answer": "Лид другой команды"}, "SELECT status FROM sale_claims WHERE id = '{claim}'", "rejected",
        before="INSERT INTO sale_claims (deal_id, team_id, user_id, reason) SELECT 901, team_id, id, 'Наш'"
               " FROM traffic_users WHERE email = 'dala@demo.local'",
        meanwhile="UPDATE sale_claims SET reason = 'Точно наш' WHERE id = '{claim}'",
        named={"claim": "SELECT id FROM sale_claims WHERE deal_id = 901"},
        after="DELETE FROM sale_claims WHERE id = '{claim}'"),
    FormCase(
        "rates_page._by_hand", "rates-form", "admin", "/admin/rates?month=2020-01",
        {"day": "2040-01-01", "usd_to_kzt": "500"}, "day", "прошедший день",
        {"day": "2020-01-05", "usd_to_kzt": "512,5"},
        "SELECT coalesce(max(usd_to_kzt), 0)::float FROM exchange_rates WHERE date = '2020-01-05'", "512.5",
        meanwhile="INSERT INTO exchange_rates (date, usd_to_kzt, source) VALUES ('2020-01-05', 400, 'manual')",
        after="DELETE FROM exchange_rates WHERE date = '2020-01-05'"),
    FormCase(
        "landing_page._form", "landing-form", "admin", "/admin/landing?id={source}", {"slug": "два слова"}, "slug", " ",
        {"name": "Лендинг"}, "SELECT name FROM landing_sources WHERE id = '{source}'", "Лендинг",
        before="INSERT INTO landing_sources (slug, name) VALUES ('form-case', 'Страница')",
        meanwhile="UPDATE landing_sources SET version = version + 1 WHERE id = '{source}'",
        named={"source": "SELECT id FROM landing_sources WHERE slug = 'form-case'"},
        after="DELETE FROM landing_sources WHERE id = '{source}'"),
    FormCase(
        "rule_versions.create_rules_in_force", "rules-form", "admin", "/admin/attribution?tab=rules",
        {"look_back_days": "9000"}, "look_back_days", "730", {"look_back_days": "90"},
        "#rules-panel button[data-api]", "1", alone=OWN_DRAFT),
    FormCase(
        "amocrm_page._history", "amocrm-backfill", "admin", "/admin/amocrm",
        {"from": "2026-02-01", "to": "2026-01-01"}, "", "Конец периода", {"from": "2026-01-01", "to": "2026-01-02"},
        "SELECT count(*) FROM sync_runs WHERE kind = 'amocrm_backfill'", "1", before=_CONNECTION,
        alone="a run that is asked for again before it began is the same run",
        after="DELETE FROM amocrm_connection; DELETE FROM sync_runs WHERE kind = 'amocrm_backfill'"),
    FormCase(
        "imports_page._new_file", "imports-form", "admin", "/admin/imports", {"text": 'a;"b'}, "text", "кавычка",
        {"kind": "sales", "text": "when;product\n10.01.2020;Экспресс\n"}, "SELECT count(*) FROM imports", "1",
        alone="a new file takes nobody's place", after="DELETE FROM imports"),
    FormCase(
        "imports_page._mapping", "imports-mapping", "admin", "/admin/imports?id={file}",
        {"columns.sold_at": "0", "columns.product": "0"}, "columns.product", " ",
        {"columns.sold_at": "0", "columns.product": "1"}, "SELECT columns ->> 'sold_at' FROM imports", "0",
        before=_IMPORT, named={"file": "SELECT id FROM imports"},
        meanwhile="UPDATE imports SET version = version + 1", after="DELETE FROM imports"),
    # -- everybody's own
    FormCase(
        "look_settings.create_look_tab", "look-form", "sunkar", "/settings?tab=team", {"team.color": "#101020"},
        "team.color", "контраст", {"team.name": "Сұңқар"}, "SELECT name FROM traffic_teams WHERE slug = 'sunkar'",
        "Сұңқар", meanwhile="UPDATE traffic_teams SET emoji = '🐺' WHERE slug = 'sunkar'",
        after="UPDATE traffic_teams SET name = 'Сункар' WHERE slug = 'sunkar'"),
    FormCase(
        "notify_settings._form", "notify-form", "sunkar", "/settings?tab=notifications",
        {"notifications.telegram": "@name"}, "notifications.telegram", "цифр",
        {"notifications.telegram": "-100123", "notifications.hour": "7"},
        "SELECT coalesce(max(report_hour || notification_telegram), '') FROM traffic_targetologist_settings"
        " WHERE user_id = '{user}'",
        "7-100123", meanwhile=_SETTINGS_OF, named={"user": user_of("sunkar")}, after=_FORGET_SETTINGS),
    FormCase(
        "utm_settings._builder", "utm-form", "sunkar", "/settings?tab=utm",
        {"utm.save_template.name": "Холодная", "utm.save_template.campaign": "{{campaign.nam}}"},
        "utm.save_template.campaign", "макрос",
        {"utm.save_template.name": "Холодная", "utm.save_template.campaign": "{{campaign.name}}"},
        "SELECT count(*) FROM traffic_targetologist_settings WHERE user_id = '{user}' AND utm_templates ? 'Холодная'",
        "1", meanwhile=_SETTINGS_OF, named={"user": user_of("sunkar")}, after=_FORGET_SETTINGS),
    FormCase(
        "utm_settings._defaults", "utm-defaults", "sunkar", "/settings?tab=utm", {"utm.medium": "{{ad.nam}}"},
        "utm.medium", "макрос", {"utm.medium": "paid"},
        "SELECT coalesce(max(utm_medium), '') FROM traffic_targetologist_settings WHERE user_id = '{user}'", "paid",
        meanwhile=_SETTINGS_OF, named={"user": user_of("sunkar")}, after=_FORGET_SETTINGS),
    FormCase(
        "facebook_conversions.create_conversions", "facebook-conversions", "sunkar", "/settings?tab=facebook",
        {"dataset_id": "abc"}, "dataset_id", " ", {"dataset_id": "777777"},
        "SELECT dataset_id FROM conversion_settings", "777777", before=_CONVERSIONS,
        meanwhile="UPDATE conversion_settings SET version = version + 1", named={"team": _TEAM.format("sunkar")},
        after="DELETE FROM conversion_settings"),
    FormCase(
        "claims.create_claims_card", "claim-form", "sunkar", "/teams/sunkar", {"deal_id": "902"}, "reason", "Заполните",
        {"deal_id": "903", "reason": "Лид с нашей формы"}, "SELECT count(*) FROM sale_claims WHERE deal_id = 903", "1",
        before="INSERT INTO sale_claims (deal_id, team_id, user_id, reason) SELECT 902, team_id, id, 'Наш'"
               " FROM traffic_users WHERE email = 'sunkar@demo.local'",
        clash={"deal_id": "902", "reason": "Наш"}, late_at="deal_id", late="дождитесь решения",
        after="DELETE FROM sale_claims WHERE deal_id IN (902, 903)"),
    FormCase(
        "profile_page._account", "profile-name-form", "sunkar", "/profile", {"name": " "}, "name", "Заполните",
        {"name": "Сункар С."}, "SELECT full_name FROM traffic_users WHERE id = '{user}'", "Сункар С.",
        meanwhile="UPDATE traffic_users SET full_name = 'Раньше' WHERE id = '{user}'",
        named={"user": user_of("sunkar")}),
    FormCase(
        "profile_page._password", "profile-password-form", "sunkar", "/profile",
        {"current_password": "not this one", "new_password": "another long password"}, "current_password", " ",
        {"current_password": "a password of the tests", "new_password": "another long password"},
        "SELECT password_hash <> '{hash}' FROM traffic_users WHERE id = '{user}'", "True",
        alone="whoever changed the password meanwhile makes the present one a wrong one",
        named={"user": user_of("sunkar"),
               "hash": "SELECT password_hash FROM traffic_users WHERE email = 'sunkar@demo.local'"},
        after="UPDATE traffic_users SET password_hash = '{hash}' WHERE id = '{user}'; DELETE FROM login_attempts"),
)

_MANAGER, _SETTINGS, _SOURCES, _PEOPLE, _FACEBOOK = (f"tests/browser/test_{name}.py::test_" for name in (
    "attribution_manager", "settings", "sources", "people", "facebook_forms"))
_PROFILE = f"{_SETTINGS}the_profile_changes_name_factor_and_tokens"
_OWN_FACTOR = "one's own factor: nobody else may set it up; a reset by an admin ends this session"

ELSEWHERE: tuple[WalkedElsewhere, ...] = (
    WalkedElsewhere("teams_page.create_merge_deed", "team-form",
                    (f"{_PEOPLE}two_teams_become_one_after_a_look_at_what_moves",)),
    WalkedElsewhere("rule_lists._form_card", "rules-form", (f"{_MANAGER}an_alias_from_its_form_to_the_way_back",)),
    WalkedElsewhere("queue_page._give", "queue-form", (
        f"{_MANAGER}the_queue_is_worked_off_by_hand_and_by_key",
        f"{_MANAGER}a_choice_that_somebody_was_faster_with_is_told")),
    WalkedElsewhere("evidence_panel._actions", "evidence-assign", (
        "tests/browser/test_evidence.py::test_an_admin_walks_through_the_sales_and_decides_by_hand",)),
    WalkedElsewhere("facebook_reading.create_reading", "facebook-reading", (
        f"{_FACEBOOK}what_is_read_is_arranged_by_switches",)),
    WalkedElsewhere("facebook_accounts.create_accounts", "facebook-accounts-form", (
        f"{_FACEBOOK}accounts_are_chosen_in_two_windows",)),
    WalkedElsewhere("facebook_campaigns._form", "facebook-campaigns-form", (
        f"{_FACEBOOK}campaigns_are_found_chosen_over_pages_and_taken_back",)),
    WalkedElsewhere("facebook_settings._other_ways", "facebook-token-form", (
        f"{_FACEBOOK}a_token_is_refused_at_its_field_or_connects",),
        "a token is its owner's own, and takes nobody's place"),
    WalkedElsewhere("amocrm_mapping._form", "amocrm-mapping-form", (
        f"{_SOURCES}a_mapping_says_how_many_events_it_would_skip",)),
    WalkedElsewhere("landing_page._test", "landing-test", (
        f"{_SOURCES}a_landing_source_is_named_and_its_mapping_tried",), "a try saves nothing"),
    WalkedElsewhere("imports_page._deeds", "imports-apply", (
        "tests/browser/test_imports.py::test_a_file_is_mapped_brought_in_and_taken_back",)),
    WalkedElsewhere("runs_page._start.days", "runs-start-stats", (
        "tests/browser/test_control_room.py::test_a_run_is_started_watched_and_told",),
        "a run that is asked for again before it began is the same run"),
    WalkedElsewhere("persons_page.create_persons_frame", "persons-form", (
        "tests/browser/test_persons.py::test_a_person_is_told_and_erased",), "a question changes nothing"),
    WalkedElsewhere("profile_tokens.create_tokens", "token-form", (_PROFILE,),
                    "a token is new, and its maker's alone"),
    WalkedElsewhere("profile_page._factor", "factor-form", (_PROFILE,), _OWN_FACTOR),
    WalkedElsewhere("profile_page._factor", "factor-codes-form", (_PROFILE,), _OWN_FACTOR),
    WalkedElsewhere("profile_page.create_enrolment", "factor-code-form", (_PROFILE,), _OWN_FACTOR),
)
