"""Every id of the application: the only place where an id is written as text.

Invariant: an id is ``<where>-<what>``; the place is the page or ``shell``, so two pages never share one.
"""

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
ANALYTICS_UTM = "analytics-utm"
ANALYTICS_UTM_MARK = "analytics-utm-mark"
ANALYTICS_FILE = "analytics-file"
ANALYTICS_UTM_CSV = "analytics-utm-csv"
ANALYTICS_COVERAGE_CSV = "analytics-coverage-csv"
ANALYTICS_UTM_SEARCH = "analytics-utm-search"
ANALYTICS_COVERAGE = "analytics-coverage"
ANALYTICS_SALES = "analytics-sales"
ANALYTICS_SALES_MORE = "analytics-sales-more"
ANALYTICS_SALES_SHOWN = "analytics-sales-shown"

# Settings.
SETTINGS_SESSIONS = "settings-sessions"
SETTINGS_END_OTHERS = "settings-end-others"
FACEBOOK_BODY = "facebook-body"
FACEBOOK_PROGRESS = "facebook-progress"
FACEBOOK_HISTORY = "facebook-history"
FACEBOOK_TICK = "facebook-tick"
FACEBOOK_SAID = "facebook-said"

NAVIGATION = "shell-link"
CSV_LINK = "page-csv"


def navigation(path: str, place: str = "site") -> dict[str, str]:
    """The id of a link that keeps the filters of the page it is on."""
    return {"type": NAVIGATION, "path": path, "place": place}


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
