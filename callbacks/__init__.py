"""All callbacks, one module per page: filters in, one report, a few named outputs. Importing this registers them."""

from callbacks import (
    address,
    admin_claims,
    admin_plans,
    admin_teams,
    admin_users,
    analytics,
    dashboard,
    facebook_settings,
    files,
    filters,
    refresh,
    settings,
    team,
    team_week,
)

__all__ = [
    "address", "admin_claims", "admin_plans", "admin_teams", "admin_users", "analytics", "dashboard",
    "facebook_settings", "files", "filters", "refresh", "settings", "team", "team_week",
]
