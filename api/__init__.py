"""The doors for programs: webhooks, the JSON API, health."""

from api import amocrm, analytics, assignments, attribution, data_quality, evidence, openapi, operations, rules, session

BLUEPRINTS = (openapi.description, session.sessions, analytics.analytics, operations.operations,
              attribution.attribution, rules.rules, assignments.assignments, evidence.evidence, amocrm.amocrm,
              data_quality.data_quality)
