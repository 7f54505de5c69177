-- The lock for processors in any language, for the length of a transaction:
--   BEGIN; SELECT pglocks.xact_lock('5GhC...', 'EURUSD'); ...read and write the position in further statements...; COMMIT;
-- A statement of its own, always: a read in the statement that waits sees the world from before the wait.

-- Refuses what would lock silently the wrong thing or protect nothing, and finds the slot.
CREATE FUNCTION pglocks.lockable_slot(
    hotkey text, pair text, space text, OUT class_id int4, OUT slot int4, OUT lock_delay_ms int4)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'a transaction lock does not work under %', upper(current_setting('transaction_isolation'))
            USING ERRCODE = 'invalid_transaction_state',
                  HINT = 'Use READ COMMITTED: under the others the snapshot is taken before the wait, and the read after it is stale.';
    END IF;
    IF hotkey IS NULL OR octet_length(convert_to(hotkey, 'UTF8')) NOT BETWEEN 1 AND 256 OR hotkey ~ '[:\u0001-\u001f\u007f-\u009f]' THEN
        RAISE EXCEPTION 'bad miner hotkey'
            USING ERRCODE = 'invalid_parameter_value', HINT = '1 to 256 bytes of UTF-8 without colon and control characters.';
    END IF;
    IF pair IS NULL OR octet_length(convert_to(pair, 'UTF8')) NOT BETWEEN 1 AND 256 OR pair ~ '[\u0001-\u001f\u007f-\u009f]' THEN
        RAISE EXCEPTION 'bad trade pair'
            USING ERRCODE = 'invalid_parameter_value', HINT = '1 to 256 bytes of UTF-8 without control characters.';
    END IF;

    slot := pglocks.slot_of(hotkey, pair, coalesce(space, ''));
    SELECT s.class_id, s.lock_delay_ms INTO class_id, lock_delay_ms FROM pglocks.spaces s WHERE s.name = space;
END $$;
REVOKE ALL ON FUNCTION pglocks.lockable_slot(text, text, text) FROM PUBLIC;

-- An odd number drawn last: the last owner died owning, and may not know it yet. Wait until it must, then draw, so that the next owner
-- need not. A server that came up just now may have lost numbers of its sequences, so its parity says nothing: wait as well.
CREATE FUNCTION pglocks.await_lock_delay(class_id int4, slot int4, lock_delay_ms int4) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
DECLARE
    sequence regclass := format('pglocks.slot_%s_%s', class_id, slot)::regclass;
    lock_delay interval := make_interval(secs => lock_delay_ms / 1000.0);
    rest       interval := pglocks.server_recovered_at() + lock_delay - clock_timestamp();
BEGIN
    -- A sequence that was never called gives NULL: nobody ever owned the slot.
    IF pg_sequence_last_value(sequence) & 1 = 1 THEN
        PERFORM pg_sleep_for(lock_delay);
        PERFORM nextval(sequence);
    ELSIF rest > interval '0' THEN
        PERFORM pg_sleep_for(least(rest, lock_delay)); -- a clock that was set back puts the start of the server into the future
    END IF;
END $$;
REVOKE ALL ON FUNCTION pglocks.await_lock_delay(int4, int4, int4) FROM PUBLIC;

CREATE FUNCTION pglocks.xact_lock(hotkey text, pair text, space text DEFAULT 'default') RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
DECLARE
    target record;
BEGIN
    target := pglocks.lockable_slot(hotkey, pair, space);
    PERFORM pg_advisory_xact_lock(target.class_id, target.slot);
    PERFORM pglocks.await_lock_delay(target.class_id, target.slot, target.lock_delay_ms);
END $$;
REVOKE ALL ON FUNCTION pglocks.xact_lock(text, text, text) FROM PUBLIC;

-- True: locked until the end of the transaction. It too waits for the lock delay of an owner that died; never for a living one.
CREATE FUNCTION pglocks.try_xact_lock(hotkey text, pair text, space text DEFAULT 'default') RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
DECLARE
    target record;
BEGIN
    target := pglocks.lockable_slot(hotkey, pair, space);
    IF NOT pg_try_advisory_xact_lock(target.class_id, target.slot) THEN
        RETURN false;
    END IF;
    PERFORM pglocks.await_lock_delay(target.class_id, target.slot, target.lock_delay_ms);
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION pglocks.try_xact_lock(text, text, text) FROM PUBLIC;

-- What AcquireInTransactionAsync asks. Nothing here fails because of a lock that is not to be had: its block undoes the lock, and the transaction goes on.
-- The answer: the number that was drawn; 0: another owns the slot, or owned it for wait_ms; -1: the last owner died owning it, or may have, and
-- nothing was drawn; -2: the server may have lost numbers, and no session has moved the space beyond them yet; NULL: under this isolation level no lock
-- protects anything.
-- wait_ms: NULL tries, 0 waits without an end. after_death: what to do about the lock of an owner that died: 'undo', 'keep' or 'grant' it.
CREATE FUNCTION pglocks.gain_xact_lock(class_id int4, slot int4, sequence regclass, is_unclean boolean, wait_ms int4, after_death text) RETURNS int8
LANGUAGE plpgsql
SET search_path = pg_catalog, pglocks, pg_temp
SET lock_timeout = 0 -- so that the one below ends with the function
AS $$
DECLARE
    epoch int8;
BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RETURN NULL;
    END IF;
    -- A read-only transaction, as on a standby, is refused by the draw.
    IF NOT current_setting('transaction_read_only')::boolean AND NOT (SELECT pglocks.is_adopted(s) FROM pglocks.spaces s WHERE s.class_id = gain_xact_lock.class_id) THEN
        RETURN -2;
    END IF;
    IF wait_ms IS NOT NULL THEN
        PERFORM set_config('lock_timeout', wait_ms::text, true);
        PERFORM pg_advisory_xact_lock(class_id, slot);
    ELSIF NOT pg_try_advisory_xact_lock(class_id, slot) THEN
        RETURN 0;
    END IF;

    IF after_death <> 'grant' AND (is_unclean OR pg_sequence_last_value(sequence) & 1 = 1) THEN
        IF after_death = 'keep' THEN
            RETURN -1;
        END IF;
        RAISE EXCEPTION USING ERRCODE = 'PLDWN', MESSAGE = 'the last owner died owning';
    END IF;

    -- The parity stays: its own number and its release's, and after an owner that died one more that stands for the dead one's release.
    epoch := nextval(sequence);
    IF epoch & 1 = 0 THEN
        epoch := nextval(sequence);
    END IF;
    PERFORM nextval(sequence);
    RETURN epoch;
EXCEPTION
    WHEN lock_not_available THEN
        RETURN 0;
    WHEN SQLSTATE 'PLDWN' THEN
        RETURN -1;
END $$;
REVOKE ALL ON FUNCTION pglocks.gain_xact_lock(int4, int4, regclass, boolean, int4, text) FROM PUBLIC;
