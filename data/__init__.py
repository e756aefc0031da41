"""The only place that knows PostgreSQL: connections, saves, reports and migrations."""
