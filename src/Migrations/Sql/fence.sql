-- Called inside the caller's transaction, before it reads. Returns the newest epoch: $3 when the lease is still good, more when another
-- owner gained the slot since. The row stays share-locked until commit, and the first use of a newer epoch updates it, which waits for the
-- older transactions still in flight: so a holder that lost its slot cannot commit after the next one has read.
CREATE FUNCTION pglocks.fence(class_id int4, slot int4, epoch int8) RETURNS int8
LANGUAGE plpgsql
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    newest int8;
BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'a fence does not work under %', upper(current_setting('transaction_isolation'))
            USING ERRCODE = 'invalid_transaction_state',
                  HINT = 'Use READ COMMITTED: under the others the epoch is read from a snapshot that may be older than the fence.';
    END IF;

    LOOP
        -- A plain read: FOR SHARE first and UPDATE then is an upgrade, and two upgrades of one row deadlock.
        SELECT f.epoch INTO newest FROM pglocks.fences f WHERE f.class_id = fence.class_id AND f.slot = fence.slot;
        IF NOT FOUND THEN
            INSERT INTO pglocks.fences (class_id, slot, epoch) VALUES (fence.class_id, fence.slot, fence.epoch) ON CONFLICT DO NOTHING;
        ELSIF newest < fence.epoch THEN
            UPDATE pglocks.fences f SET epoch = fence.epoch
            WHERE f.class_id = fence.class_id AND f.slot = fence.slot AND f.epoch < fence.epoch;
        ELSIF newest > fence.epoch THEN
            RETURN newest;
        ELSE
            SELECT f.epoch INTO newest FROM pglocks.fences f WHERE f.class_id = fence.class_id AND f.slot = fence.slot FOR SHARE;
            IF FOUND THEN
                RETURN newest;
            END IF;
        END IF;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION pglocks.fence(int4, int4, int8) FROM PUBLIC;
