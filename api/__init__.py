"""The doors for programs: webhooks, the JSON API, health."""

from api import (
    amocrm_hook,
    analytics,
    assignments,
    attribution,
    audit,
    data_quality,
    evidence,
    facebook_accounts,
    facebook_sign_in,
    imports,
    landing_sources,
    openapi,
    operations,
    people,
    persons,
    rates,
    rules,
    second_factor,
    session,
)

BLUEPRINTS = (openapi.description, session.sessions, analytics.analytics, operations.operations,
              facebook_sign_in.facebook_sign_in_api, facebook_accounts.facebook_accounts_api,
              attribution.attribution, rules.rules, assignments.assignments, evidence.evidence, amocrm_hook.amocrm,
              audit.audit, second_factor.factors, people.people, data_quality.data_quality,
              persons.persons, imports.imports, landing_sources.landing_sources, rates.rates)
