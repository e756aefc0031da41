"""The doors for programs: webhooks, the JSON API, health."""

from api import (
    amocrm,
    analytics,
    assignments,
    attribution,
    audit,
    data_quality,
    evidence,
    facebook_accounts,
    facebook_sign_in,
    openapi,
    operations,
    overview,
    people,
    persons,
    rules,
    second_factor,
    session,
)

BLUEPRINTS = (openapi.description, session.sessions, analytics.analytics, operations.operations, overview.overview,
              facebook_sign_in.facebook_sign_in_api, facebook_accounts.facebook_accounts_api,
              attribution.attribution, rules.rules, assignments.assignments, evidence.evidence, amocrm.amocrm,
              audit.audit, second_factor.factors, people.people, data_quality.data_quality,
              persons.persons)
