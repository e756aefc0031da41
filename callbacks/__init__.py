"""All callbacks, one module per page: filters in, one report, a few named outputs. Importing this registers them."""

from callbacks import (
    address,
    admin_amocrm,
    admin_imports,
    admin_landing,
    admin_rates,
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
    "admin_amocrm",
    "admin_imports",
    "admin_landing",
    "admin_rates",
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
