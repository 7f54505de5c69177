-- Counts the statements that change or remove rows of the registry, retirements above all. Processes look at the number once a heartbeat, and read the
-- registry again only when it has moved. A row and not a sequence: who sees the new number sees the change too.
CREATE TABLE pglocks.registry_changes (
    only_row bool CONSTRAINT registry_changes_pkey PRIMARY KEY DEFAULT true CHECK (only_row),
    number   int8 NOT NULL DEFAULT 0
);
INSERT INTO pglocks.registry_changes DEFAULT VALUES;

-- As the schema's owner, so that whoever may change the registry need not have a right to the count.
CREATE FUNCTION pglocks.count_registry_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
BEGIN
    UPDATE pglocks.registry_changes SET number = number + 1;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION pglocks.count_registry_change() FROM PUBLIC;

CREATE TRIGGER miners_count_change AFTER UPDATE OR DELETE OR TRUNCATE ON pglocks.miners
    FOR EACH STATEMENT EXECUTE FUNCTION pglocks.count_registry_change();
CREATE TRIGGER trade_pairs_count_change AFTER UPDATE OR DELETE OR TRUNCATE ON pglocks.trade_pairs
    FOR EACH STATEMENT EXECUTE FUNCTION pglocks.count_registry_change();

COMMENT ON TABLE pglocks.registry_changes IS 'How many statements changed or removed rows of miners and trade_pairs; processes look at it once a heartbeat';
