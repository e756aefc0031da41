-- The pipelines that mean anything to us.
SELECT pipeline_id FROM amocrm_pipelines WHERE pipeline_id > 0
