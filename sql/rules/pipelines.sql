-- What the pipelines of amoCRM sell.
SELECT pipeline_id, product, counts_as_sale, won_status_id
FROM amocrm_pipelines
