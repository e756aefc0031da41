"""All callbacks, one module per page: filters in, one report, a few named outputs. Importing this registers them."""

from callbacks import (
    address,
    admin_imports,
    analytics,
    dashboard,
    evidence,
    facebook_settings,
    files,
    filters,
    profile,
    refresh,
    settings,
    team,
    utm_builder,
)

__all__ = [
    "address",
    "admin_imports",
    "analytics",
    "dashboard",
    "evidence",
    "facebook_settings",
    "files",
    "filters",
    "profile",
    "refresh",
    "settings",
    "team",
    "utm_builder",
]
