-- Events in error are few among very many; they are counted and listed without reading the others.
CREATE INDEX webhook_events_error_idx ON webhook_events (status, seq DESC) WHERE status IN ('failed', 'dead');

-- When a source last told anything, and its events in the log.
CREATE INDEX webhook_events_source_idx ON webhook_events (source, received_at DESC);
