-- How long figures are kept, for all spaces of the database, so that all instances agree.
CREATE TABLE pglocks.retention (
    rollup_after_days int4        NOT NULL DEFAULT 7,
    drop_after_days   int4        NOT NULL DEFAULT 90,
    maintained_at     timestamptz NULL,
    pruned_on         date        NULL,
    CONSTRAINT retention_rollup_after_days_check CHECK (rollup_after_days BETWEEN 1 AND 3650),
    CONSTRAINT retention_drop_after_days_check CHECK (drop_after_days BETWEEN rollup_after_days AND 3650)
);
CREATE UNIQUE INDEX retention_one_row ON pglocks.retention ((true));
INSERT INTO pglocks.retention DEFAULT VALUES;

COMMENT ON COLUMN pglocks.retention.rollup_after_days IS 'Whole days (UTC) after which the rows of lock_stats become one an hour, key and instance';
COMMENT ON COLUMN pglocks.retention.drop_after_days IS 'Whole days (UTC) after which the partitions of lock_stats and lock_events are dropped';
COMMENT ON COLUMN pglocks.retention.maintained_at IS 'When pglocks.maintain() last found nothing left to do';

CREATE TABLE pglocks.rolled_up_days (
    day          date        NOT NULL CONSTRAINT rolled_up_days_pkey PRIMARY KEY,
    rolled_up_at timestamptz NOT NULL
);
