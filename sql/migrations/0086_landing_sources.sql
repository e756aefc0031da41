-- Landing pages by the name in their address: what people call them, and where in their bodies things stand.

CREATE TABLE landing_sources (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    slug        text NOT NULL CHECK (slug ~ '^[A-Za-z0-9_-]{1,64}$'),    -- the {source} of the address
    name        text NOT NULL CHECK (btrim(name) <> ''),
    mapping     jsonb NOT NULL DEFAULT '{}',    -- meaning to paths with points; what is not named is found by itself
    version     integer NOT NULL DEFAULT 1,
    updated_by  uuid REFERENCES traffic_users (id),
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX landing_sources_slug_key ON landing_sources (slug);
CREATE INDEX webhook_events_landing_idx ON webhook_events (source_name, received_at DESC) INCLUDE (status)
    WHERE source = 'landing';

ALTER TABLE landing_sources ENABLE ROW LEVEL SECURITY;
ALTER TABLE landing_sources FORCE ROW LEVEL SECURITY;
CREATE POLICY jobs ON landing_sources TO traffic_jobs USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON landing_sources TO traffic_jobs, traffic_app;
CREATE POLICY admin_arranges ON landing_sources TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));
