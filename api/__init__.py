"""The doors for programs: webhooks, the JSON API, health."""

from api import (
    amocrm_mapping,
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
    profile,
    rates,
    rules,
    second_factor,
    session,
    user_settings,
)

BLUEPRINTS = (openapi.description, session.sessions, analytics.analytics, operations.operations,
              facebook_sign_in.facebook_sign_in_api, facebook_accounts.facebook_accounts_api,
              attribution.attribution, rules.rules, assignments.assignments, evidence.evidence, amocrm_mapping.amocrm,
              audit.audit, second_factor.factors, people.people, data_quality.data_quality,
              persons.persons, profile.profile_api, user_settings.user_settings_api, imports.imports,
              landing_sources.landing_sources, rates.rates)
