"""What may be done and by whom: permissions, the roles that hold them, and the mark every door carries.

Invariant: a door (route, callback, page) without a permission is closed to everybody. Whose rows are seen is not
decided here: that is ``Scope``, an argument of every report.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from typing import ParamSpec, TypeVar

from werkzeug.exceptions import Forbidden

from auth.viewer import current_user
from core.records import Role
from data.sessions import SignedInUser

P = ParamSpec("P")
R = TypeVar("R")

MARK = "required_permission"


class Permission(StrEnum):
    """Every right of the product, ``<area>:<resource>:<action>``, in alphabetical order."""

    ACCOUNT_PROFILE_READ = "account:profile:read"
    ACCOUNT_PROFILE_WRITE = "account:profile:write"
    ACCOUNT_SESSION_END = "account:session:end"
    ADMIN_PAGE_READ = "admin:page:read"
    ADS_BINDING_WRITE = "ads:binding:write"
    ADS_CONNECTION_READ = "ads:connection:read"
    ADS_CONNECTION_WRITE = "ads:connection:write"
    ADS_STATISTICS_READ = "ads:statistics:read"
    ADS_SYNC_START = "ads:sync:start"
    AMOCRM_ACCOUNT_READ = "amocrm:account:read"
    AMOCRM_ACCOUNT_WRITE = "amocrm:account:write"
    AMOCRM_PROOF_READ = "amocrm:proof:read"
    ANALYTICS_REPORT_READ = "analytics:report:read"
    API_DESCRIPTION_READ = "api:description:read"
    ATTRIBUTION_RULES_READ = "attribution:rules:read"
    ATTRIBUTION_RULES_WRITE = "attribution:rules:write"
    ATTRIBUTION_SALE_ASSIGN = "attribution:sale:assign"
    AUDIT_ENTRY_READ = "audit:entry:read"
    CLAIMS_SALE_DECIDE = "claims:sale:decide"
    CLAIMS_SALE_MAKE = "claims:sale:make"
    CLAIMS_SALE_READ = "claims:sale:read"
    IDENTITY_JOIN_READ = "identity:join:read"
    IMPORTS_FILE_READ = "imports:file:read"
    IMPORTS_FILE_WRITE = "imports:file:write"
    INBOX_EVENT_READ = "inbox:event:read"
    INBOX_EVENT_REPLAY = "inbox:event:replay"
    LANDING_SOURCE_READ = "landing:source:read"
    LANDING_SOURCE_WRITE = "landing:source:write"
    NOTIFICATIONS_MESSAGE_TEST = "notifications:message:test"
    OPERATIONS_RUN_READ = "operations:run:read"
    OPERATIONS_RUN_WATCH = "operations:run:watch"
    PEOPLE_PERSON_ERASE = "people:person:erase"
    PEOPLE_PERSON_READ = "people:person:read"
    PEOPLE_TEAM_READ = "people:team:read"
    PEOPLE_TEAM_WRITE = "people:team:write"
    PEOPLE_USER_READ = "people:user:read"
    PEOPLE_USER_WRITE = "people:user:write"
    PLANS_THRESHOLD_WRITE = "plans:threshold:write"
    PLANS_WEEK_READ = "plans:week:read"
    PLANS_WEEK_WRITE = "plans:week:write"
    RATES_DAY_READ = "rates:day:read"
    RATES_DAY_WRITE = "rates:day:write"
    SALES_AGGREGATE_START = "sales:aggregate:start"
    SETTINGS_OWN_READ = "settings:own:read"
    SETTINGS_OWN_WRITE = "settings:own:write"
    STATS_RECALCULATE_START = "stats:recalculate:start"


_EVERYBODY = frozenset({
    Permission.ADS_STATISTICS_READ,
    Permission.ACCOUNT_PROFILE_READ,
    Permission.ACCOUNT_PROFILE_WRITE,
    Permission.ACCOUNT_SESSION_END,
    Permission.ANALYTICS_REPORT_READ,
    Permission.API_DESCRIPTION_READ,
    Permission.PLANS_WEEK_READ,
    Permission.SETTINGS_OWN_READ,
    Permission.SETTINGS_OWN_WRITE,
})

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.ANALYST: _EVERYBODY | {Permission.AMOCRM_PROOF_READ},
    Role.TARGETOLOGIST: _EVERYBODY | {
        Permission.ADS_CONNECTION_READ, Permission.ADS_CONNECTION_WRITE, Permission.ADS_SYNC_START,
        Permission.CLAIMS_SALE_MAKE, Permission.CLAIMS_SALE_READ, Permission.OPERATIONS_RUN_WATCH},
}

# Pages by their path template; a page that is not listed does not open.
PAGE_PERMISSIONS: Mapping[str, Permission] = {
    "/": Permission.ANALYTICS_REPORT_READ,
    "/admin": Permission.ADMIN_PAGE_READ,
    "/admin/amocrm": Permission.ADMIN_PAGE_READ,
    "/admin/attribution": Permission.ADMIN_PAGE_READ,
    "/admin/audit": Permission.ADMIN_PAGE_READ,
    "/admin/claims": Permission.ADMIN_PAGE_READ,
    "/admin/data-quality": Permission.ADMIN_PAGE_READ,
    "/admin/imports": Permission.ADMIN_PAGE_READ,
    "/admin/landing": Permission.ADMIN_PAGE_READ,
    "/admin/persons": Permission.ADMIN_PAGE_READ,
    "/admin/plans": Permission.ADMIN_PAGE_READ,
    "/admin/rates": Permission.ADMIN_PAGE_READ,
    "/admin/runs": Permission.ADMIN_PAGE_READ,
    "/admin/teams": Permission.ADMIN_PAGE_READ,
    "/admin/users": Permission.ADMIN_PAGE_READ,
    "/admin/webhooks": Permission.ADMIN_PAGE_READ,
    "/analytics": Permission.ANALYTICS_REPORT_READ,
    "/profile": Permission.ACCOUNT_PROFILE_READ,
    "/settings": Permission.SETTINGS_OWN_READ,
    "/teams/<slug>": Permission.ANALYTICS_REPORT_READ,
}


# What no token of a program may do: the account itself stays with the person who signs in.
_NEVER_BY_TOKEN = frozenset({
    Permission.ACCOUNT_PROFILE_WRITE, Permission.ACCOUNT_SESSION_END, Permission.ADMIN_PAGE_READ})


def holds(role: Role, permission: Permission) -> bool:
    """Whether a role has a right."""
    return permission in ROLE_PERMISSIONS[role]


def may(user: SignedInUser, permission: Permission) -> bool:
    """Whether a user has a right now: by the role, and by the scopes when a token asks in the user's name."""
    return holds(user.role, permission) and (user.scopes is None or permission in user.scopes)


def token_scopes(role: Role) -> tuple[Permission, ...]:
    """The rights a person of this role may give to a token."""
    return tuple(one for one in Permission if holds(role, one) and one not in _NEVER_BY_TOKEN)


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a route or a callback with the right it needs, and check it when it is called.

    It stands directly above the function, below ``@callback(...)`` or the route. The guard reads the mark of a route
    before the body is looked at; a callback, whose address is shared by all of them, is checked by the call itself.
    """

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            if not may(current_user(), permission):
                raise Forbidden
            return function(*args, **kwargs)

        setattr(checked, MARK, permission)
        return checked

    return mark


def required_permission(door: Callable[..., object]) -> Permission | None:
    """The mark of a route or callback; ``None`` when it has none and is therefore closed."""
    return getattr(door, MARK, None)
