"""All callbacks, one module per page: filters in, one report, a few named outputs. Importing this registers them."""

from callbacks import (
    address,
    analytics,
    dashboard,
    evidence,
    facebook_settings,
    files,
    filters,
    refresh,
    settings,
    team,
)

__all__ = [
    "address",
    "analytics",
    "dashboard",
    "evidence",
    "facebook_settings",
    "files",
    "filters",
    "refresh",
    "settings",
    "team",
]
