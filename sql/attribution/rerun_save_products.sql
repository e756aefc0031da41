-- The marks that sales of deals without marks show, in the products' own tables too.
WITH told AS (
    SELECT m.deal_id, m.source_table, s.product, m.utm_source, m.utm_medium, m.utm_campaign, m.utm_content, m.utm_term
    FROM rerun_moved_sales m
    JOIN all_sales_tracking s ON s.id = m.sale_id
    WHERE (m.former_source, m.former_medium, m.former_campaign, m.former_content, m.former_term)
          IS DISTINCT FROM (m.utm_source, m.utm_medium, m.utm_campaign, m.utm_content, m.utm_term)),
express AS (
    UPDATE express_course_sales p
    SET utm_source = m.utm_source, utm_medium = m.utm_medium, utm_campaign = m.utm_campaign, utm_content = m.utm_content,
        utm_term = m.utm_term, updated_at = now()
    FROM told m WHERE m.source_table = 'express_course_sales' AND p.deal_id = m.deal_id),
main AS (
    UPDATE main_product_sales p
    SET utm_source = m.utm_source, utm_medium = m.utm_medium, utm_campaign = m.utm_campaign, utm_content = m.utm_content,
        utm_term = m.utm_term, updated_at = now()
    FROM told m WHERE m.source_table = 'main_product_sales' AND p.deal_id = m.deal_id)
UPDATE other_product_sales p
SET utm_source = m.utm_source, utm_medium = m.utm_medium, utm_campaign = m.utm_campaign, utm_content = m.utm_content,
    utm_term = m.utm_term, updated_at = now()
FROM told m WHERE m.source_table = 'other_product_sales' AND p.deal_id = m.deal_id AND p.product = m.product
