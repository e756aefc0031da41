"""All callbacks, one module per page: filters in, one report, a few named outputs. Importing this registers them."""

from callbacks import (
    address,
    admin_attribution,
    admin_audit,
    admin_runs,
    admin_webhooks,
    analytics,
    dashboard,
    facebook_settings,
    files,
    filters,
    refresh,
    settings,
    team,
)

__all__ = ["address", "admin_attribution", "admin_audit", "admin_runs", "admin_webhooks", "analytics", "dashboard",
           "facebook_settings", "files", "filters", "refresh", "settings", "team"]
