-- The inbox, leads, deals and sales: a targetologist sees the rows of the own team, nobody changes them here but an
-- admin who assigns by hand.

-- ON CONFLICT (dedup_key) makes PostgreSQL check a new row against the policy for reading as well. received_at is by
-- default the time of the transaction, so the intake sees what it stores now and nothing that was stored before.
CREATE POLICY intake_inserts ON webhook_events FOR INSERT TO traffic_app WITH CHECK ((SELECT viewer()) = 'intake');
CREATE POLICY reads ON webhook_events FOR SELECT TO traffic_app
    USING ((SELECT viewer_is_admin()) OR ((SELECT viewer()) = 'intake' AND received_at >= (SELECT now())));
CREATE POLICY admin_replays ON webhook_events FOR UPDATE TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));

CREATE POLICY reads ON lead_tracking FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all()) OR team_id = (SELECT viewer_team()));
CREATE POLICY admin_assigns ON lead_tracking FOR UPDATE TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));

CREATE POLICY reads ON landing_leads FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all())
           OR EXISTS (SELECT FROM lead_tracking t
                      WHERE t.lead_id = landing_leads.id AND t.team_id = (SELECT viewer_team())));

CREATE POLICY reads ON amocrm_events FOR SELECT TO traffic_app USING ((SELECT viewer_sees_all()));
CREATE POLICY reads ON amocrm_contacts FOR SELECT TO traffic_app USING ((SELECT viewer_sees_all()));
CREATE POLICY reads ON amocrm_deal_contacts FOR SELECT TO traffic_app USING ((SELECT viewer_sees_all()));
CREATE POLICY reads ON amocrm_deals FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all()) OR team_id = (SELECT viewer_team()));

CREATE POLICY reads ON all_sales_tracking FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all()) OR team_id = (SELECT viewer_team()));
CREATE POLICY admin_assigns ON all_sales_tracking FOR UPDATE TO traffic_app
    USING ((SELECT viewer_is_admin())) WITH CHECK ((SELECT viewer_is_admin()));

CREATE POLICY reads ON express_course_sales FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all())
           OR EXISTS (SELECT FROM all_sales_tracking s
                      WHERE s.deal_id = express_course_sales.deal_id AND s.product = 'express'
                        AND s.team_id = (SELECT viewer_team())));
CREATE POLICY reads ON main_product_sales FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all())
           OR EXISTS (SELECT FROM all_sales_tracking s
                      WHERE s.deal_id = main_product_sales.deal_id AND s.product = 'flagman'
                        AND s.team_id = (SELECT viewer_team())));
CREATE POLICY reads ON other_product_sales FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all())
           OR EXISTS (SELECT FROM all_sales_tracking s
                      WHERE s.deal_id = other_product_sales.deal_id AND s.product = other_product_sales.product
                        AND s.team_id = (SELECT viewer_team())));

CREATE POLICY reads ON sales_activity_log FOR SELECT TO traffic_app
    USING ((SELECT viewer_sees_all())
           OR EXISTS (SELECT FROM all_sales_tracking s
                      WHERE s.id = sales_activity_log.sale_id AND s.team_id = (SELECT viewer_team())));
CREATE POLICY admin_inserts ON sales_activity_log FOR INSERT TO traffic_app WITH CHECK ((SELECT viewer_is_admin()));
