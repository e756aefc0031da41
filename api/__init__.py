"""The doors for programs: webhooks, the JSON API, health."""

from api import (
    amocrm,
    analytics,
    assignments,
    attribution,
    audit,
    claims,
    data_quality,
    evidence,
    facebook_accounts,
    facebook_sign_in,
    openapi,
    operations,
    people,
    persons,
    plans,
    rules,
    second_factor,
    session,
    team_checks,
    team_merges,
    teams,
    thresholds,
)

BLUEPRINTS = (openapi.description, session.sessions, analytics.analytics, operations.operations,
              facebook_sign_in.facebook_sign_in_api, facebook_accounts.facebook_accounts_api,
              attribution.attribution, rules.rules, assignments.assignments, evidence.evidence, amocrm.amocrm,
              audit.audit, second_factor.factors, people.people, data_quality.data_quality,
              persons.persons, teams.teams, team_checks.team_checks, team_merges.team_merges,
              plans.plans, thresholds.thresholds_api, claims.claims)
