-- The stage that means a sale, pipeline by pipeline; 142 is the one amoCRM itself calls won, and always counts.

ALTER TABLE amocrm_pipelines ADD COLUMN won_status_id bigint NOT NULL DEFAULT 142 CHECK (won_status_id > 0);
