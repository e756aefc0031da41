"""Alembic's folder: ``env.py`` and one revision per SQL file."""
