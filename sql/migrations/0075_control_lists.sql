-- What the lists of the admin panel page by: the log of webhooks, runs, money without a team, what a version moved.

-- One index for every choice of source and state: each pair is read in order and the pairs are merged.
CREATE INDEX webhook_events_log_idx ON webhook_events (source, status, received_at DESC, seq DESC);
CREATE INDEX amocrm_events_webhook_idx ON amocrm_events (webhook_id) WHERE webhook_id IS NOT NULL;
CREATE INDEX sync_runs_created_at_idx ON sync_runs (created_at DESC, id DESC);

-- An amount in KZT at the rate of its day; NULL while the amount or the rate is unknown.
CREATE FUNCTION sale_kzt(amount numeric, currency char(3), usd_to_kzt numeric)
    RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE currency WHEN 'KZT' THEN amount WHEN 'USD' THEN amount * usd_to_kzt END;
-- Unknown amounts stand last.
CREATE INDEX all_sales_tracking_queue_idx
    ON all_sales_tracking (coalesce(sale_kzt(sale_amount, currency, usd_to_kzt_rate), -1) DESC, id)
    WHERE team_id IS NULL AND NOT is_reversed AND NOT locked;

CREATE INDEX sales_activity_log_moves_idx ON sales_activity_log (created_at)
    WHERE action_type IN ('attributed', 'reassigned') AND user_id IS NULL;
