-- Least privilege, nothing to PUBLIC. Can be run again at any time by the owner of the schema, so also after a superuser has made roles that
-- the migration was not allowed to make. A role that is absent is left out with a notice.
CREATE FUNCTION pglocks.grant_roles() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
DECLARE
    role text;
    sequence regclass;
BEGIN
    FOREACH role IN ARRAY ARRAY['pglocks_app', 'pglocks_reader', 'pglocks_admin'] LOOP
        IF to_regrole(role) IS NULL THEN
            RAISE NOTICE 'role % is absent: create it and run SELECT pglocks.grant_roles()', role;
            CONTINUE;
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA pglocks TO %I', role);
        EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA pglocks TO %I', role);
        EXECUTE format('GRANT EXECUTE ON FUNCTION
            pglocks.slot_in_pool(text, int4), pglocks.slot_of(text, text, text), pglocks.stats_by(text, interval),
            pglocks.key_stats_since(interval), pglocks.slot_stats_since(interval), pglocks.instance_stats_since(interval),
            pglocks.bucket_lower_ns(int4), pglocks.bucket_value_ns(int4), pglocks.quantile(int2[], int8[], float8, int8),
            pglocks.window_quantile(int2[], int8[], int2[], int8[], int2[], int8[], float8, int8), pglocks.recent_stats(text, interval),
            pglocks.window_start(interval), pglocks.kept_from(), pglocks.utc_today(), pglocks.totals_lack_from(), pglocks.day_partitions(),
            pglocks.current_timeline(), pglocks.server_recovered_at(), pglocks.server_remembers_since(), pglocks.is_adopted(pglocks.spaces) TO %I', role);
    END LOOP;

    IF to_regrole('pglocks_app') IS NOT NULL THEN
        GRANT INSERT, UPDATE ON pglocks.fences, pglocks.instances, pglocks.miners, pglocks.trade_pairs, pglocks.position_keys TO pglocks_app;
        GRANT INSERT, UPDATE, DELETE ON
            pglocks.sessions, pglocks.held_locks, pglocks.key_users, pglocks.rollout_instances, pglocks.rollout_stats TO pglocks_app;
        GRANT INSERT ON pglocks.lock_stats, pglocks.lock_events TO pglocks_app;
        GRANT EXECUTE ON FUNCTION
            pglocks.lockable_slot(text, text, text), pglocks.await_lock_delay(int4, int4, int4), pglocks.xact_lock(text, text, text),
            pglocks.try_xact_lock(text, text, text), pglocks.gain_xact_lock(int4, int4, regclass, boolean, int4, text), pglocks.fence(int4, int4, int8),
            pglocks.adopt_server(int4), pglocks.maintain(timestamptz) TO pglocks_app;
        FOR sequence IN
            SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'pglocks'::regnamespace AND c.relkind = 'S' AND c.relname ~ '^slot_\d+_\d+$'
        LOOP
            EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %s TO pglocks_app', sequence);
        END LOOP;
        -- The slots of spaces to come belong to the owner of the schema, so his default privileges reach them.
        ALTER DEFAULT PRIVILEGES IN SCHEMA pglocks GRANT USAGE, SELECT ON SEQUENCES TO pglocks_app;
    END IF;

    IF to_regrole('pglocks_admin') IS NOT NULL THEN
        GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pglocks TO pglocks_admin;
        GRANT ALL ON ALL SEQUENCES IN SCHEMA pglocks TO pglocks_admin;
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pglocks TO pglocks_admin;
        ALTER DEFAULT PRIVILEGES IN SCHEMA pglocks GRANT ALL ON SEQUENCES TO pglocks_admin;
        -- The schema is the runner's, and roles are the owner's.
        REVOKE INSERT, UPDATE, DELETE ON pglocks.schema_versions FROM pglocks_admin;
        REVOKE EXECUTE ON FUNCTION pglocks.grant_roles() FROM pglocks_admin;
    END IF;
END $$;
REVOKE ALL ON FUNCTION pglocks.grant_roles() FROM PUBLIC;

-- Roles belong to the cluster: other databases may make and drop the same ones at this moment. So each try is a subtransaction, and what
-- vanished between the look and the grant is made again.
DO $$
DECLARE
    role text;
BEGIN
    FOR attempt IN 1 .. 10 LOOP
        BEGIN
            FOREACH role IN ARRAY ARRAY['pglocks_app', 'pglocks_reader', 'pglocks_admin'] LOOP
                IF to_regrole(role) IS NULL THEN
                    EXECUTE format('CREATE ROLE %I NOLOGIN', role);
                END IF;
            END LOOP;
        EXCEPTION
            WHEN insufficient_privilege THEN
                RAISE NOTICE 'roles were not created: % may not create roles', current_user;
            WHEN duplicate_object OR unique_violation THEN
                CONTINUE;
        END;
        BEGIN
            PERFORM pglocks.grant_roles();
            EXIT;
        EXCEPTION
            WHEN undefined_object THEN
                IF attempt = 10 THEN
                    RAISE;
                END IF;
        END;
    END LOOP;

    -- Only with this do readers see when another role's backend started; without it the views make do with less.
    BEGIN
        FOREACH role IN ARRAY ARRAY['pglocks_reader', 'pglocks_admin'] LOOP
            IF to_regrole(role) IS NOT NULL AND NOT pg_has_role(role, 'pg_read_all_stats', 'MEMBER') THEN
                EXECUTE format('GRANT pg_read_all_stats TO %I', role);
            END IF;
        END LOOP;
    EXCEPTION
        WHEN insufficient_privilege THEN
            RAISE NOTICE 'pg_read_all_stats was not granted to pglocks_reader and pglocks_admin: a superuser may';
        WHEN unique_violation OR undefined_object OR internal_error THEN
            RAISE NOTICE 'another database grants pg_read_all_stats to the roles at this moment';
    END;
END $$;
