-- A rate that an admin set by hand can be taken back; what the bank published stays out of reach.
GRANT DELETE ON exchange_rates TO traffic_app;
CREATE POLICY admin_takes_back ON exchange_rates FOR DELETE TO traffic_app
    USING ((SELECT viewer_is_admin()) AND source = 'manual');
