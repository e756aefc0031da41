-- What the pipelines sell, with the list price that is shown as a hint and the largest prepayment.
SELECT pipeline_id, product, counts_as_sale, list_price, won_status_id, prepayment_limit
FROM amocrm_pipelines WHERE pipeline_id > 0 ORDER BY pipeline_id
