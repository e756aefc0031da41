"""Which pages a user may open: by role, and for a team's page by team.

Invariant: a page that may not be opened looks exactly like one that does not exist.
"""

import re
from collections.abc import Callable, Mapping, MutableMapping
from functools import wraps
from typing import Any
from urllib.parse import unquote

from auth.permissions import PAGE_PERMISSIONS, Permission, holds
from auth.viewer import current_user
from data.sessions import SignedInUser

NOT_FOUND_MODULE = "not_found_404"
_VARIABLE = re.compile(r"<(\w+)>")
_PATTERNS = {template: re.compile(_VARIABLE.sub(r"(?P<\1>[^/]+)", template.strip("/")))
             for template in PAGE_PERMISSIONS}


def may_open(user: SignedInUser, path: str) -> bool:
    """Whether a page of this path exists for the user; ``path`` is decoded or not, with or without slashes."""
    for template, pattern in _PATTERNS.items():
        match = pattern.fullmatch(path.strip("/"))
        if match:
            return _is_open(user, PAGE_PERMISSIONS[template], match.groupdict())
    return False


def _is_open(user: SignedInUser, permission: Permission | None, variables: Mapping[str, Any]) -> bool:
    if permission is None or not holds(user.role, permission):
        return False
    slug = variables.get("slug")
    return slug is None or user.scope.sees_all_teams or unquote(str(slug)) == user.team_slug


def protect_pages(registry: MutableMapping[str, MutableMapping[str, Any]]) -> None:
    """Put the check before the layout and the title of every registered page.

    Raises: LookupError when there is no page to show instead of a closed one.
    """
    missing = next((page for module, page in registry.items() if module.endswith(NOT_FOUND_MODULE)), None)
    if missing is None:
        raise LookupError(f"pages/{NOT_FOUND_MODULE}.py is not registered")
    for page in registry.values():
        if page is not missing:
            permission = PAGE_PERMISSIONS.get(page["path_template"] or page["path"])
            page["layout"] = _protected(page["layout"], missing["layout"], permission)
            if callable(page["title"]):  # a plain title is the same for everybody
                page["title"] = _protected(page["title"], missing["title"], permission)


def _protected(part: Any, instead: Any, permission: Permission | None) -> Callable[..., Any]:
    """``part``, a function of path and query, for those who may see it, else ``instead``."""

    @wraps(part)
    def show(**variables: Any) -> Any:
        chosen = part if _is_open(current_user(), permission, variables) else instead
        return chosen(**variables) if callable(chosen) else chosen

    return show
