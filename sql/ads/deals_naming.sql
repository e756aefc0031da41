-- The deals whose own marks name a campaign: by the platform's id in one of three marks, or by its name (lower case).
SELECT deal_id
FROM amocrm_deals
WHERE lower(btrim(utm_campaign)) = ANY(:names)
   OR btrim(utm_campaign) = ANY(:ids) OR btrim(utm_id) = ANY(:ids) OR btrim(utm_content) = ANY(:ids)
