-- How often attribution is right, measured on sales whose team is confirmed: 'manual' (an admin said the team; asked is
-- what the rules would have said) and 'marks' (the deal's own marks name the team; asked is the match by person).
CREATE TABLE attribution_measures (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    measured_at  timestamptz NOT NULL DEFAULT now(),
    kind         text NOT NULL CHECK (kind IN ('manual', 'marks')),
    pairs        integer NOT NULL CHECK (pairs >= 0),                     -- confirmed sales
    given        integer NOT NULL CHECK (given BETWEEN 0 AND pairs),      -- of them with a team by what is asked
    correct      integer NOT NULL CHECK (correct BETWEEN 0 AND given)     -- of those the confirmed one
);
CREATE INDEX attribution_measures_kind_idx ON attribution_measures (kind, measured_at DESC);
ALTER TABLE attribution_measures ENABLE ROW LEVEL SECURITY;
ALTER TABLE attribution_measures FORCE ROW LEVEL SECURITY;
CREATE POLICY jobs ON attribution_measures TO traffic_jobs USING (true) WITH CHECK (true);
CREATE POLICY reads ON attribution_measures FOR SELECT TO traffic_app USING ((SELECT viewer_is_admin()));
GRANT SELECT ON attribution_measures TO traffic_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON attribution_measures TO traffic_jobs;
