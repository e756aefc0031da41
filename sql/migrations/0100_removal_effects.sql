-- What the data-driven model learned last: by team the part of all sales that its touches bring about. No rows: too few
-- sales had a touch, and the model shares evenly.
CREATE TABLE team_removal_effects (
    team_id     uuid PRIMARY KEY REFERENCES traffic_teams (id),
    effect      numeric(13, 12) NOT NULL CHECK (effect BETWEEN 0 AND 1),
    learned_at  timestamptz NOT NULL
);
ALTER TABLE team_removal_effects ENABLE ROW LEVEL SECURITY;
ALTER TABLE team_removal_effects FORCE ROW LEVEL SECURITY;
CREATE POLICY jobs ON team_removal_effects TO traffic_jobs USING (true) WITH CHECK (true);
CREATE POLICY reads ON team_removal_effects FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all()) OR team_id = (SELECT viewer_team()));
GRANT SELECT ON team_removal_effects TO traffic_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON team_removal_effects TO traffic_jobs;
