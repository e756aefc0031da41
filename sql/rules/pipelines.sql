-- What the pipelines of amoCRM sell.
SELECT pipeline_id, product, counts_as_sale
FROM amocrm_pipelines
