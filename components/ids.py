"""Every id of the application: the only place where an id is written as text.

Invariant: an id is ``<where>-<what>``; the place is the page or ``shell``, so two pages never share one.
"""

from typing import Any

# The shell: on every page.
SHELL_VERSION = "shell-data-version"
SHELL_TICK = "shell-tick"
SHELL_FRESHNESS = "shell-freshness"
SHELL_TEAM_LINKS = "shell-team-links"
SHELL_TOASTS = "shell-toasts"
SHELL_PATH = "shell-path"
SHELL_MIRROR = "shell-mirror"
SHELL_CONTENT = "shell-content"
SHELL_SITE = "site"
START_PAGE = "start-page"

# The state of a page and its filter bar; born with every page that has filters.
QUERY = "page-query"
PAGE_TEAM = "page-team"
FILTER_PRESET = "filter-preset"
FILTER_FROM = "filter-from"
FILTER_TO = "filter-to"
FILTER_CURRENCY = "filter-currency"
FILTER_INTERVAL = "filter-interval"
FILTER_BASIS = "filter-basis"
FILTER_TEAMS = "filter-teams"
FILTER_TEAMS_TEXT = "filter-teams-text"
FILTER_CAMPAIGNS = "filter-campaigns"
FILTER_CAMPAIGNS_TEXT = "filter-campaigns-text"
FILTER_CAMPAIGN_SEARCH = "filter-campaign-search"
FILTER_RESET = "filter-reset"

# Pages that show a report, and the blocks they are made of: ``block("team", SERIES)``.
DASHBOARD = "dashboard"
TEAM = "team"
TEAM_TAG_FAULTS = "team-tag-faults"
HEAD = "head"
GAPS = "gaps"
CARDS = "cards"
NEWS = "news"
SERIES = "series"
SERIES_NOTES = "series-notes"
FUNNEL = "funnel"
TEAMS = "teams"
TEAM_CARDS = "team-cards"
BARS = "bars"
DAYS = "days"
HEAT = "heat"
CAMPAIGNS = "campaigns"

# Analytics.
ANALYTICS_HEAD = "analytics-head"
ANALYTICS_GAPS = "analytics-gaps"
ANALYTICS_CAMPAIGNS = "analytics-campaigns"
ANALYTICS_CAMPAIGN_SEARCH = "analytics-campaign-search"
ANALYTICS_BELOW = "analytics-below"
ANALYTICS_BELOW_CAMPAIGN = "analytics-below-campaign"
ANALYTICS_BELOW_CSV = "analytics-below-csv"
ANALYTICS_UTM = "analytics-utm"
ANALYTICS_UTM_MARK = "analytics-utm-mark"
ANALYTICS_MODELS = "analytics-models"
ANALYTICS_MODELS_SHOW = "analytics-models-show"
ANALYTICS_FILE = "analytics-file"
ANALYTICS_UTM_CSV = "analytics-utm-csv"
ANALYTICS_COVERAGE_CSV = "analytics-coverage-csv"
ANALYTICS_UTM_SEARCH = "analytics-utm-search"
ANALYTICS_COVERAGE = "analytics-coverage"
ANALYTICS_SALES = "analytics-sales"
ANALYTICS_SALES_MORE = "analytics-sales-more"
ANALYTICS_SALES_SHOWN = "analytics-sales-shown"

# The panel that explains a sale.
EVIDENCE_PANEL = "evidence-panel"
EVIDENCE_BODY = "evidence-body"
EVIDENCE_CHANGED = "evidence-changed"
EVIDENCE_ASSIGN = "evidence-assign"

# Settings.
SETTINGS_TAB = "settings-tab"
SETTINGS_BODY = "settings-body"
SETTINGS_REFRESH = "settings-refresh"
UTM_FORM = "utm-form"
UTM_DEFAULTS = "utm-defaults"
UTM_BASE = "utm-base"
UTM_SOURCE = "utm-source"
UTM_TAKE_OWN = "utm-take-own"
UTM_RESULT = "utm-result"
UTM_ADS = "utm-ads"
UTM_ADS_RESULT = "utm-ads-result"
UTM_ADS_MEND = "utm-ads-mend"
UTM_ADS_CSV = "utm-ads-csv"
UTM_ADS_FILE = "utm-ads-file"
NOTIFY_FORM = "notify-form"
NOTIFY_BOT = "notify-bot"
NOTIFY_BOT_LINK = "notify-bot-link"
NOTIFY_TICK = "notify-tick"
NOTIFY_VERSION = "notify-version"
LOOK_FORM = "look-form"
LOOK_NAME = "look-name"
LOOK_COLOUR = "look-colour"
LOOK_EMOJI = "look-emoji"
LOOK_PREVIEW = "look-preview"

# Profile.
PROFILE_BODY = "profile-body"
PROFILE_REFRESH = "profile-refresh"
PROFILE_NAME_FORM = "profile-name-form"
PROFILE_PASSWORD_FORM = "profile-password-form"
PROFILE_SESSIONS = "profile-sessions"
FACTOR_FORM = "factor-form"
FACTOR_CODES_FORM = "factor-codes-form"
FACTOR_CODE_FORM = "factor-code-form"
FACTOR_SECRET = "factor-secret"
FACTOR_CODES = "factor-codes"
FACTOR_STEP = "factor-step"
TOKEN_FORM = "token-form"
TOKEN_SECRET = "token-secret"
TOKEN_SHOWN = "token-shown"
FACEBOOK_BODY = "facebook-body"
FACEBOOK_PROGRESS = "facebook-progress"
FACEBOOK_HISTORY = "facebook-history"
FACEBOOK_TICK = "facebook-tick"
FACEBOOK_SAID = "facebook-said"
FACEBOOK_CHANGED = "facebook-changed"
FACEBOOK_TOKEN_FORM = "facebook-token-form"
FACEBOOK_ACCOUNTS = "facebook-accounts"
FACEBOOK_ACCOUNTS_CHANGED = "facebook-accounts-changed"
FACEBOOK_ACCOUNTS_FORM = "facebook-accounts-form"
FACEBOOK_READING = "facebook-reading-card"
FACEBOOK_READING_CHANGED = "facebook-reading-changed"
FACEBOOK_READING_FORM = "facebook-reading"
FACEBOOK_CAMPAIGNS = "facebook-campaigns"
FACEBOOK_CAMPAIGNS_CHANGED = "facebook-campaigns-changed"
FACEBOOK_CAMPAIGNS_FORM = "facebook-campaigns-form"
FACEBOOK_CAMPAIGNS_ASKED = "facebook-campaigns-asked"
FACEBOOK_CAMPAIGNS_SEARCH = "facebook-campaigns-search"
FACEBOOK_CAMPAIGNS_FIND = "facebook-campaigns-find"
FACEBOOK_CAMPAIGNS_ACCOUNT = "facebook-campaigns-account"
FACEBOOK_CAMPAIGNS_STATE = "facebook-campaigns-state"
FACEBOOK_TAGS = "facebook-tags"

# Imports.
IMPORTS_BODY = "imports-body"
IMPORTS_REFRESH = "imports-refresh"
IMPORTS_SUBJECT = "imports-subject"
IMPORTS_TICK = "imports-tick"
IMPORTS_UPLOAD = "imports-upload"
IMPORTS_KIND = "imports-kind"
IMPORTS_SAID = "imports-said"
IMPORTS_FORM = "imports-form"
IMPORTS_MAPPING = "imports-mapping"
IMPORTS_APPLY = "imports-apply"

# Landing sources, rates and amoCRM in the admin panel.
LANDING_BODY = "landing-body"
LANDING_REFRESH = "landing-refresh"
LANDING_SUBJECT = "landing-subject"
LANDING_TICK = "landing-tick"
LANDING_FORM = "landing-form"
LANDING_TEST = "landing-test"
LANDING_ANSWER = "landing-answer"
LANDING_READINGS = "landing-readings"
RATES_BODY = "rates-body"
RATES_REFRESH = "rates-refresh"
RATES_SUBJECT = "rates-subject"
RATES_TICK = "rates-tick"
RATES_FORM = "rates-form"
AMOCRM_BODY = "amocrm-body"
AMOCRM_REFRESH = "amocrm-refresh"
AMOCRM_TICK = "amocrm-tick"
AMOCRM_RUNS = "amocrm-runs"
AMOCRM_RUNS_REFRESH = "amocrm-runs-refresh"
AMOCRM_ACCOUNT = "amocrm-account"
AMOCRM_MODE = "amocrm-mode"
AMOCRM_MAPPING = "amocrm-mapping"
AMOCRM_MAPPING_FORM = "amocrm-mapping-form"
AMOCRM_PREVIEW = "amocrm-preview"
AMOCRM_PREVIEW_BODY = "amocrm-preview-body"
AMOCRM_BACKFILL = "amocrm-backfill"
# The control room of the admin panel: attribution, webhooks, runs, audit.
RULES_QUERY = "rules-query"
RULES_REFRESH = "rules-refresh"
RULES_DRAFT = "rules-draft"
RULES_MOVED = "rules-moved"
RULES_PANEL = "rules-panel"
RULES_BODY = "rules-body"
RULES_RUN = "rules-run"
RULES_TICK = "rules-tick"
RULES_FORM = "rules-form"
QUEUE_FORM = "queue-form"
EVENTS_QUERY = "webhooks-query"
EVENTS_REFRESH = "webhooks-refresh"
EVENTS_BODY = "webhooks-body"
RUNS_QUERY = "runs-query"
RUNS_REFRESH = "runs-refresh"
RUNS_BODY = "runs-body"
RUNS_TICK = "runs-tick"
RUNS_START = "runs-start"
AUDIT_QUERY = "audit-query"
AUDIT_BODY = "audit-body"
AUDIT_CHAIN = "audit-chain"
# Personal data.
PERSONS_FORM = "persons-form"
PERSONS_PHONE = "persons-phone"
PERSONS_EMAIL = "persons-email"
PERSONS_HELD = "persons-held"
PERSONS_RUN = "persons-run"
PERSONS_TICK = "persons-tick"
PERSONS_BODY = "persons-body"
PERSONS_DOWNLOAD = "persons-download"
PERSONS_FILE = "persons-file"

NAVIGATION = "shell-link"
CSV_LINK = "page-csv"


def navigation(path: str, place: str = "site") -> dict[str, str]:
    """The id of a link that keeps the filters of the page it is on."""
    return {"type": NAVIGATION, "path": path, "place": place}


def utm_mark(name: str) -> str:
    """The id of the field of a mark in the builder of links."""
    return f"utm-mark-{name}"


def csv_link(endpoint: str, place: str) -> dict[str, str]:
    """The id of a block's link to the CSV of one endpoint of the analytics API; its address follows the filters."""
    return {"type": CSV_LINK, "endpoint": endpoint, "place": place}


def block(page: str, name: str) -> str:
    """The id of a block on a page."""
    return f"{page}-{name}"


def state_of(block: str) -> str:
    """The id of the place in a block where a skeleton, an empty state or an error stands instead of the figure."""
    return f"{block}-state"


def unit_of(block: str) -> str:
    """The id of the line under a block's title."""
    return f"{block}-unit"


def title_of(block: str) -> str:
    """The id of a block's title."""
    return f"{block}-title"


def figure_of(block: str) -> str:
    """The id of a block's chart or grid."""
    return f"{block}-figure"

# The admin's pages of teams, users, plans and claims.
TEAM_FORM = "team-form"
TEAM_CHECKED = "team-checked"
TEAM_NAME = "team-name"
TEAM_SLUG = "team-slug"
TEAM_SOURCE = "team-source"
TEAM_MEDIUM = "team-medium"
TEAM_COLOUR = "team-colour"
TEAM_EMOJI = "team-emoji"
TEAM_EMAIL = "team-email"
TEAM_OWN = "team-own"
TEAM_PREVIEW = "team-preview"
TEAM_ANSWER = "team-answer"
TEAM_LINK = "team-link"
TEAMS_LIST = "teams-list"
TEAMS_STATE = "teams-state"
TEAMS_CHANGED = "teams-changed"
WHOSE_TEXT = "whose-text"
WHOSE_FOUND = "whose-found"
MERGE_SOURCE = "merge-source"
MERGE_TARGET = "merge-target"
MERGE_PLACE = "merge-place"
MERGE_TORN = "merge-torn"
MERGE_PREVIEW = "merge-preview"
USERS_LIST = "users-list"
USERS_QUERY = "users-query"
USERS_CHANGED = "users-changed"
USERS_ANSWER = "users-answer"
USERS_LINK = "users-link"
USER_FORM = "user-form"
USER_UTM = "user-utm"
USER_UTM_FORM = "user-utm-form"
USER_UTM_WHOSE = "user-utm-whose"
USER_UTM_CHANGED = "user-utm-changed"
INVITE_FORM = "invite-form"
PLANS_LIST = "plans-list"
PLANS_WEEK = "plans-week"
PLANS_CHANGED = "plans-changed"
THRESHOLDS_FORM = "thresholds-form"
CLAIMS_LIST = "claims-list"
CLAIMS_QUERY = "claims-query"
CLAIMS_CHANGED = "claims-changed"
CLAIM_FORM = "claim-form"
TEAM_WEEK = "team-week"
TEAM_WEEK_BACK = "team-week-back"
TEAM_WEEK_ON = "team-week-on"
TEAM_CLAIMS = "team-claims"
TEAM_CLAIMS_CHANGED = "team-claims-changed"


def team_hint(field: str) -> str:
    """The id of the sentence under a field of the team constructor."""
    return f"team-hint-{field.replace('_', '-')}"


def swatch(kind: str, value: Any) -> dict[str, Any]:
    """The id of a ready colour or emoji of the team constructor; ``ALL`` of Dash stands for any."""
    return {"type": f"team-swatch-{kind}", "value": value}


def facebook_campaign_page(number: Any) -> dict[str, Any]:
    """The id of the button that leads to a page of the campaigns; ``ALL`` of Dash stands for any."""
    return {"type": "facebook-campaign-page", "page": number}


# Data quality.
QUALITY_JOINS = "quality-joins"
