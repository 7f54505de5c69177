CREATE FUNCTION pglocks.create_space(name text, pool_size int4 DEFAULT 256) RETURNS int4
LANGUAGE plpgsql
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    new_class_id int4;
BEGIN
    IF create_space.name IS NULL OR create_space.name !~ '^[a-z][a-z0-9_.-]{0,62}$' THEN
        RAISE EXCEPTION 'bad name of a lock space: %', coalesce(quote_literal(create_space.name), 'NULL')
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'A small letter, then up to 62 small letters, digits, dots, dashes or underscores.';
    END IF;
    IF create_space.pool_size IS NULL OR create_space.pool_size NOT BETWEEN 16 AND 4096
        OR create_space.pool_size & (create_space.pool_size - 1) <> 0 THEN
        RAISE EXCEPTION 'bad pool size: %', coalesce(create_space.pool_size::text, 'NULL')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'A power of two from 16 to 4096.';
    END IF;

    -- Two creators must not compute the same class_id; readers go on.
    LOCK TABLE pglocks.spaces IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM pglocks.spaces s WHERE s.name = create_space.name) THEN
        RAISE EXCEPTION 'lock space ''%'' exists already', create_space.name USING ERRCODE = 'duplicate_object';
    END IF;

    INSERT INTO pglocks.spaces (name, class_id, pool_size, timeline)
    SELECT create_space.name, coalesce(max(s.class_id), 1346849791) + 1, create_space.pool_size, pglocks.current_timeline()
    FROM pglocks.spaces s
    RETURNING class_id INTO new_class_id;
    RETURN new_class_id;
END $$;
REVOKE ALL ON FUNCTION pglocks.create_space(text, int4) FROM PUBLIC;
