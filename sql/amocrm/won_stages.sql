-- Stages of pipelines that mean a sale beside 142.
SELECT pipeline_id, won_status_id FROM amocrm_pipelines WHERE won_status_id <> 142
