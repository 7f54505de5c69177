-- The mapping of the processors that PgLocks replaces: SHA-256 of the key as a big-endian integer, modulo the pool size.
-- Pools are powers of two up to 4096, so the last two bytes of the digest decide.
-- plpgsql, because a SQL function with a fixed search_path cannot be inlined, and then costs more for each call.
CREATE FUNCTION pglocks.slot_in_pool(key text, pool_size int4) RETURNS int4
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
DECLARE
    digest bytea := sha256(convert_to(key, 'UTF8'));
BEGIN
    RETURN ((get_byte(digest, 30) << 8) | get_byte(digest, 31)) & (pool_size - 1);
END $$;
REVOKE ALL ON FUNCTION pglocks.slot_in_pool(text, int4) FROM PUBLIC;

CREATE FUNCTION pglocks.slot_of(hotkey text, pair text, space text DEFAULT 'default') RETURNS int4
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
DECLARE
    size int4;
BEGIN
    SELECT s.pool_size INTO size FROM pglocks.spaces s WHERE s.name = space;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'lock space ''%'' does not exist', space
            USING ERRCODE = 'undefined_object', HINT = format('Create it first: SELECT pglocks.create_space(%L);', space);
    END IF;
    RETURN pglocks.slot_in_pool(hotkey || ':' || pair, size);
END $$;
REVOKE ALL ON FUNCTION pglocks.slot_of(text, text, text) FROM PUBLIC;
