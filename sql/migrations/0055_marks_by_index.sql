-- A change of the rules asks only the leads it can reach: they are found by the marks themselves.
CREATE INDEX landing_leads_utm_source_idx ON landing_leads (utm_source) WHERE utm_source IS NOT NULL;
CREATE INDEX landing_leads_utm_campaign_idx ON landing_leads (utm_campaign) WHERE utm_campaign IS NOT NULL;
CREATE INDEX landing_leads_utm_content_idx ON landing_leads (utm_content) WHERE utm_content IS NOT NULL;
CREATE INDEX landing_leads_utm_id_idx ON landing_leads (utm_id) WHERE utm_id IS NOT NULL;
