-- A change of the rules asks only the leads and sales it can reach: they are found by the marks themselves.
CREATE INDEX landing_leads_utm_source_idx ON landing_leads (utm_source) WHERE utm_source IS NOT NULL;
CREATE INDEX landing_leads_utm_campaign_idx ON landing_leads (utm_campaign) WHERE utm_campaign IS NOT NULL;
CREATE INDEX landing_leads_utm_content_idx ON landing_leads (utm_content) WHERE utm_content IS NOT NULL;
CREATE INDEX landing_leads_utm_id_idx ON landing_leads (utm_id) WHERE utm_id IS NOT NULL;
CREATE INDEX all_sales_tracking_contact_phone_idx ON all_sales_tracking (contact_phone) WHERE contact_phone IS NOT NULL;
CREATE INDEX all_sales_tracking_contact_email_idx ON all_sales_tracking (contact_email) WHERE contact_email IS NOT NULL;
CREATE INDEX all_sales_tracking_contact_idx ON all_sales_tracking (contact_id) WHERE contact_id IS NOT NULL;
