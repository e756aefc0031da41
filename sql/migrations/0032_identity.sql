-- Further phones and addresses of people: a contact or a form may hold several in one value. What was ever told stays,
-- so that neither the order nor the repetition of tellings matters.

CREATE TABLE amocrm_contact_points (
    contact_id  bigint NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('phone', 'email')),
    value       text NOT NULL,              -- E.164, or the address in lower case
    PRIMARY KEY (contact_id, kind, value)
);
CREATE INDEX amocrm_contact_points_value_idx ON amocrm_contact_points (value, kind);

CREATE TABLE landing_lead_phones (
    lead_id  uuid NOT NULL REFERENCES landing_leads (id) ON DELETE CASCADE,
    phone    text NOT NULL,                 -- E.164; the first phone of a lead stands in landing_leads
    PRIMARY KEY (lead_id, phone)
);
CREATE INDEX landing_lead_phones_phone_idx ON landing_lead_phones (phone);

ALTER TABLE amocrm_contact_points ENABLE ROW LEVEL SECURITY;
ALTER TABLE amocrm_contact_points FORCE ROW LEVEL SECURITY;
ALTER TABLE landing_lead_phones ENABLE ROW LEVEL SECURITY;
ALTER TABLE landing_lead_phones FORCE ROW LEVEL SECURITY;
CREATE POLICY jobs ON amocrm_contact_points TO traffic_jobs USING (true) WITH CHECK (true);
CREATE POLICY jobs ON landing_lead_phones TO traffic_jobs USING (true) WITH CHECK (true);
CREATE POLICY reads ON amocrm_contact_points FOR SELECT TO traffic_app USING ((SELECT viewer_sees_all()));
CREATE POLICY reads ON landing_lead_phones FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all())
           OR EXISTS (SELECT FROM lead_tracking t
                      WHERE t.lead_id = landing_lead_phones.lead_id AND t.team_id = (SELECT viewer_team())));
GRANT SELECT ON amocrm_contact_points, landing_lead_phones TO traffic_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON amocrm_contact_points, landing_lead_phones TO traffic_jobs;

-- A rate that an admin sets for a day.
GRANT INSERT, UPDATE ON exchange_rates TO traffic_app;
CREATE POLICY admin_sets ON exchange_rates FOR INSERT TO traffic_app WITH CHECK ((SELECT viewer_is_admin()));
CREATE POLICY admin_changes ON exchange_rates FOR UPDATE TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));
