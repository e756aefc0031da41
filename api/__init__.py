"""The doors for programs: webhooks, the JSON API, health."""

from api import analytics, audit, openapi, operations, people, persons, second_factor, session

BLUEPRINTS = (openapi.description, session.sessions, analytics.analytics, operations.operations,
              audit.audit, second_factor.factors, people.people,
              persons.persons)
