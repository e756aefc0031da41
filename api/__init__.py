"""The doors for programs: webhooks, the JSON API, health."""

from api import (
    amocrm,
    analytics,
    assignments,
    attribution,
    evidence,
    facebook_accounts,
    facebook_sign_in,
    openapi,
    operations,
    rules,
    session,
)

BLUEPRINTS = (openapi.description, session.sessions, analytics.analytics, operations.operations,
              facebook_sign_in.facebook_sign_in_api, facebook_accounts.facebook_accounts_api,
              attribution.attribution, rules.rules, assignments.assignments, evidence.evidence, amocrm.amocrm)
