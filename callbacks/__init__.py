"""All callbacks, one module per page: filters in, one report, a few named outputs. Importing this registers them."""

from callbacks import (
    address,
    analytics,
    dashboard,
    evidence,
    admin_imports,
    analytics,
    dashboard,
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
    "admin_imports",
    "analytics",
    "dashboard",
    "facebook_settings",
    "files",
    "filters",
    "refresh",
    "settings",
    "team",
]
    facebook_settings,
    files,
    filters,
    profile,
    refresh,
    settings,
    team,
    utm_builder,
)

__all__ = ["address", "analytics", "dashboard", "facebook_settings", "files", "filters", "profile", "refresh",
           "settings", "team", "utm_builder"]
