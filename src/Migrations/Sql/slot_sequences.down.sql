DROP TRIGGER spaces_add_slots ON pglocks.spaces;
DROP FUNCTION pglocks.spaces_add_slots();
DROP FUNCTION pglocks.move_slots(int4, int4, int8, boolean);
ALTER TABLE pglocks.spaces ALTER COLUMN recovered_at DROP DEFAULT;
DROP FUNCTION pglocks.is_adopted(pglocks.spaces);
DROP FUNCTION pglocks.server_recovered_at();
DROP FUNCTION pglocks.server_remembers_since();
DROP FUNCTION pglocks.current_timeline();

-- By name, not by spaces: the sequences of a deleted space stay, so that its fencing tokens still grow when it comes back.
DO $$
DECLARE
    sequence regclass;
BEGIN
    FOR sequence IN
        SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'pglocks'::regnamespace AND c.relkind = 'S' AND c.relname ~ '^slot_\d+_\d+$'
    LOOP
        EXECUTE format('DROP SEQUENCE %s', sequence);
    END LOOP;
END $$;
