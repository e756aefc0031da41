-- Attribution by keys: everything a rule can ask of a touch as one text, so that a rule is asked once per key and the
-- answer is joined to millions of rows. Parts, parted by U+001F: source, medium, campaign, content, id, whether any
-- mark is there, funnel, and the number of the span between two days on which rules begin or end.

-- Every part of it is immutable, so that it is unfolded into the statement instead of being called row by row.
CREATE FUNCTION marks_key(
    source text, medium text, campaign text, content text, term text, id text, funnel text, day date,
    known text[], starts date[])
    RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN lower(btrim(coalesce(source, ''))) || U&'\001F' || lower(btrim(coalesce(medium, ''))) || U&'\001F'
        || lower(btrim(coalesce(campaign, ''))) || U&'\001F'
        -- Contents and ids matter only where they name something known; all others would be a key each.
        || CASE WHEN btrim(content) = ANY (known) OR btrim(content) LIKE 'act\_%' THEN btrim(content) ELSE '' END
        || U&'\001F'
        || CASE WHEN btrim(id) = ANY (known) OR btrim(id) LIKE 'act\_%' THEN btrim(id) ELSE '' END || U&'\001F'
        || CASE WHEN source <> '' OR medium <> '' OR campaign <> '' OR content <> '' OR term <> '' OR id <> ''
                THEN '1' ELSE '' END || U&'\001F'
        || lower(btrim(coalesce(funnel, ''))) || U&'\001F'
        || CASE WHEN cardinality(starts) = 0 THEN '0' ELSE CAST(width_bucket(day, starts) AS text) END;

-- What a change of the rules would move, computed by a worker for whoever asked.
CREATE TABLE attribution_previews (
    run_id      uuid PRIMARY KEY REFERENCES sync_runs (id) ON DELETE CASCADE,
    result      jsonb NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE attribution_previews ENABLE ROW LEVEL SECURITY;
ALTER TABLE attribution_previews FORCE ROW LEVEL SECURITY;
CREATE POLICY jobs ON attribution_previews TO traffic_jobs USING (true) WITH CHECK (true);
CREATE POLICY reads ON attribution_previews FOR SELECT TO traffic_app USING ((SELECT viewer_is_admin()));
GRANT SELECT ON attribution_previews TO traffic_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON attribution_previews TO traffic_jobs;

-- Whoever assigns a sale by hand marks its day, also one that is marked already.
GRANT UPDATE (marked_at) ON stats_dirty_days TO traffic_app;
CREATE POLICY admin_marks_again ON stats_dirty_days FOR UPDATE TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));

