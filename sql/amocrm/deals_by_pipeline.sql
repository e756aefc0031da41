-- How many deals were last told of in each pipeline.
SELECT pipeline_id, count(*) AS deals
FROM (SELECT DISTINCT ON (deal_id) deal_id, CAST(payload ->> 'pipeline_id' AS bigint) AS pipeline_id
      FROM amocrm_events
      WHERE payload ? 'pipeline_id'
      ORDER BY deal_id, occurred_at DESC, received_at DESC) AS newest
WHERE pipeline_id > 0
GROUP BY pipeline_id
