-- The two group roles, if this cluster has none yet, and the right of the current login to take them.
-- Safe to run again and by several databases of one cluster at once.
DO $$
DECLARE
    wanted text;
    is_superuser boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
    knows_set boolean := current_setting('server_version_num')::integer >= 160000;
    may_set boolean;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['traffic_app', 'traffic_jobs'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;   -- another database of this cluster made it meanwhile
            END;
        END IF;
        may_set := pg_has_role(current_user, wanted, CASE WHEN knows_set THEN 'SET' ELSE 'MEMBER' END);
        IF NOT is_superuser AND NOT may_set THEN
            BEGIN
                -- Taken per transaction, never inherited: a transaction that names no role gains nothing.
                EXECUTE format('GRANT %I TO %I', wanted, current_user)
                     || CASE WHEN knows_set THEN ' WITH INHERIT FALSE, SET TRUE' ELSE '' END;
            EXCEPTION WHEN insufficient_privilege THEN
                NULL;   -- an owner that only migrates needs no membership
            END;
        END IF;
    END LOOP;
END
$$;
