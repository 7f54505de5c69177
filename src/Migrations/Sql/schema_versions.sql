-- The schema and FluentMigrator's version table. Before any migration, in the transaction of the first one.
-- Conditional by hand: CREATE SCHEMA IF NOT EXISTS asks for CREATE on the database even when a DBA has made the schema already.
DO $$
BEGIN
    IF to_regnamespace('pglocks') IS NULL THEN
        CREATE SCHEMA pglocks;
    END IF;
END $$;

REVOKE ALL ON SCHEMA pglocks FROM PUBLIC;

CREATE TABLE pglocks.schema_versions (
    version     int8        NOT NULL PRIMARY KEY,
    applied_at  timestamptz NOT NULL DEFAULT now(),
    description text        NOT NULL
);
