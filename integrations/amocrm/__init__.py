"""amoCRM: webhook bodies and API answers read into records."""
