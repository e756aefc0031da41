"""The application and the people of ``tests/api``, for tests that attack them."""

from tests.api.conftest import bearer, client, people, shared_app, signed_in

__all__ = ["bearer", "client", "people", "shared_app", "signed_in"]
