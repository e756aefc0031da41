"""All callbacks, one module per page: filters in, one report, a few named outputs. Importing this registers them."""

from callbacks import (
    address,
    analytics,
    analytics_below,
    dashboard,
    facebook_settings,
    files,
    filters,
    refresh,
    settings,
    team,
    team_tags,
)

__all__ = [
    "address", "analytics", "analytics_below", "dashboard", "facebook_settings", "files", "filters", "refresh",
    "settings", "team", "team_tags",
]
