-- Files of history that an admin uploads: what they hold, what they changed, and what was there before.

CREATE TABLE imports (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind         text NOT NULL CHECK (kind IN ('leads', 'sales', 'spend')),
    file_name    text NOT NULL,
    size         integer NOT NULL,
    digest       text NOT NULL,             -- SHA-256 of the file
    content      bytea,                     -- NULL once it was applied to the end
    encoding     text NOT NULL,
    separator    text NOT NULL,
    header       text[] NOT NULL,
    columns      jsonb NOT NULL,            -- field to column
    constants    jsonb NOT NULL DEFAULT '{}',
    month_first  boolean NOT NULL DEFAULT false,
    decimal_comma boolean NOT NULL DEFAULT false,
    status       text NOT NULL DEFAULT 'draft'
                 CHECK (status IN ('draft', 'checking', 'checked', 'applying', 'applied', 'undoing', 'undone')),
    preview      jsonb,                     -- counts, row errors, first rows: of the mapping as it is
    counts       jsonb NOT NULL DEFAULT '{}',   -- what it did
    run_id       uuid REFERENCES sync_runs (id) ON DELETE SET NULL,
    version      integer NOT NULL DEFAULT 1,
    created_by   uuid REFERENCES traffic_users (id),
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_by   uuid REFERENCES traffic_users (id),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    applied_at   timestamptz,
    undone_at    timestamptz
);
CREATE INDEX imports_created_at_idx ON imports (created_at DESC, id);

-- Everything that imports brought and that stands: one row per lead, sale or day of spend, told apart by its key.
CREATE TABLE import_records (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('leads', 'sales', 'spend')),
    row_key     text NOT NULL,
    data        jsonb NOT NULL,
    updated_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (kind, row_key)
);
CREATE INDEX import_records_phone_idx ON import_records ((data ->> 'phone_norm')) WHERE data ->> 'phone_norm' IS NOT NULL;
CREATE INDEX import_records_email_idx ON import_records ((data ->> 'email_norm')) WHERE data ->> 'email_norm' IS NOT NULL;

-- What an import did to a record: before is NULL when it was new. The later of two changes has the larger id.
CREATE TABLE import_changes (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    import_id  uuid NOT NULL REFERENCES imports (id),
    record_id  bigint NOT NULL REFERENCES import_records (id),
    line       integer NOT NULL,
    before     jsonb,
    UNIQUE (import_id, record_id)
);
CREATE INDEX import_changes_record_id_idx ON import_changes (record_id);

ALTER TABLE landing_leads ADD COLUMN import_record_id bigint UNIQUE REFERENCES import_records (id);
-- NULL as soon as the platform itself reports the row.
ALTER TABLE ad_statistics ADD COLUMN import_record_id bigint UNIQUE REFERENCES import_records (id);
ALTER TABLE ad_campaigns ADD COLUMN is_imported boolean NOT NULL DEFAULT false;

-- Sales of imported files are won in pipelines of their own: no account has ids below zero, no mapping moves them.
ALTER TABLE amocrm_pipelines NO FORCE ROW LEVEL SECURITY;
INSERT INTO amocrm_pipelines (pipeline_id, product, counts_as_sale) VALUES
    (-1, 'express', true), (-2, 'flagman', true), (-3, 'challenge3d', true), (-4, 'intensive1d', true);
ALTER TABLE amocrm_pipelines FORCE ROW LEVEL SECURITY;

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['imports', 'import_records', 'import_changes'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format('CREATE POLICY jobs ON %I TO traffic_jobs USING (true) WITH CHECK (true)', guarded);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO traffic_jobs', guarded);
        EXECUTE format('GRANT SELECT ON %I TO traffic_app', guarded);
    END LOOP;
END
$$;
GRANT INSERT, UPDATE, DELETE ON imports TO traffic_app;
CREATE POLICY admin_imports ON imports TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));
CREATE POLICY reads ON import_records FOR SELECT TO traffic_app USING ((SELECT viewer_is_admin()));
CREATE POLICY reads ON import_changes FOR SELECT TO traffic_app USING ((SELECT viewer_is_admin()));
