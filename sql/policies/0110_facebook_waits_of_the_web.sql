-- Whoever connects lets the web process call Facebook: what is refused there has to be known to everybody. Only waits of
-- the application and of nobody's account (lists of accounts); those of an account are the workers'.

GRANT INSERT, UPDATE ON facebook_waits TO traffic_app;

CREATE POLICY listings ON facebook_waits TO traffic_app
    USING ((SELECT viewer()) IN ('admin', 'targetologist') AND (scope = 'application' OR key = ''))
    WITH CHECK ((SELECT viewer()) IN ('admin', 'targetologist') AND (scope = 'application' OR key = ''));
