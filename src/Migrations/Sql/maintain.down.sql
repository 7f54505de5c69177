DROP FUNCTION pglocks.maintain(timestamptz);
-- Rows go back to the default partition.
DO $$
DECLARE
    old record;
BEGIN
    FOR old IN SELECT * FROM pglocks.day_partitions() LOOP
        EXECUTE format('ALTER TABLE pglocks.%I DETACH PARTITION pglocks.%I', old.parent, old.partition);
        EXECUTE format('INSERT INTO pglocks.%I SELECT * FROM pglocks.%I', old.parent || '_default', old.partition);
        EXECUTE format('DROP TABLE pglocks.%I', old.partition);
    END LOOP;
END $$;
