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

-- The attributed leads of people in time: what the models beside the default share sales among.
CREATE VIEW person_touches WITH (security_invoker = true) AS
    SELECT coalesce(d.person_key, phone.person_key, email.person_key, 'lead:' || l.id) AS person_key,
           l.created_at AS at, t.slug AS team
    FROM landing_leads l
    JOIN lead_tracking k ON k.lead_id = l.id
    JOIN traffic_teams t ON t.id = k.team_id
    LEFT JOIN amocrm_deals d ON d.deal_id = l.amocrm_lead_id
    LEFT JOIN person_points phone ON phone.kind = 'phone' AND phone.value = l.phone_norm AND NOT phone.is_shared
    LEFT JOIN person_points email ON email.kind = 'email' AND email.value = l.email_norm AND NOT email.is_shared;
GRANT SELECT ON person_touches TO traffic_app, traffic_jobs;
