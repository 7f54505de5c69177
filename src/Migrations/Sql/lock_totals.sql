-- What makes figures over weeks cheap. lock_totals has one row a key, slot and instance: everything counted so far. Before a row grows in a new
-- hour, the row as it was goes to lock_totals_past. A window that ends now is then the difference of two rows, whatever its length, and what
-- has not been added yet is read from lock_stats. Rows of the past are kept for each hour of the last days, and for each day before.
-- Histograms are kept cumulated, in the order of buckets: their differences are cumulated too, and a quantile is a binary search.
-- Maxima have no difference. Of each, the row keeps those that no later one exceeds, with their hour: the first of them in a window is its maximum.
CREATE TABLE pglocks.lock_totals (
    dimension         text          NOT NULL,
    number            int8          NOT NULL,
    instance_id       uuid          NOT NULL,
    at                timestamptz   NOT NULL,
    first_interval_at timestamptz   NOT NULL,
    last_interval_at  timestamptz   NOT NULL,
    last_interval_end timestamptz   NOT NULL,
    acquired          int8          NOT NULL,
    timed_out         int8          NOT NULL,
    contended_key     int8          NOT NULL,
    contended_slot    int8          NOT NULL,
    contended_process int8          NOT NULL,
    lost              int8          NOT NULL,
    wait_key_ns       numeric       NOT NULL,
    wait_yield_ns     numeric       NOT NULL,
    wait_process_ns   numeric       NOT NULL,
    wait_slot_ns      numeric       NOT NULL,
    wait_session_ns   numeric       NOT NULL,
    wait_server_ns    numeric       NOT NULL,
    wait_sum_ns       numeric       NOT NULL,
    hold_sum_ns       numeric       NOT NULL,
    wait_buckets      int2[]        NOT NULL,
    wait_cumulated    int8[]        NOT NULL,
    hold_buckets      int2[]        NOT NULL,
    hold_cumulated    int8[]        NOT NULL,
    wait_max_at       timestamptz[] NOT NULL,
    wait_maxima_ns    int8[]        NOT NULL,
    hold_max_at       timestamptz[] NOT NULL,
    hold_maxima_ns    int8[]        NOT NULL,
    CONSTRAINT lock_totals_dimension_check CHECK (dimension IN ('key', 'slot', 'instance')),
    CONSTRAINT lock_totals_pkey PRIMARY KEY (dimension, number, instance_id)
) WITH (fillfactor = 70);

CREATE TABLE pglocks.lock_totals_past (
    LIKE pglocks.lock_totals,
    CONSTRAINT lock_totals_past_pkey PRIMARY KEY (dimension, number, instance_id, at)
);

-- Up to where an instance's rows of lock_stats have been added. Its intervals follow one another, so what comes later starts later.
CREATE TABLE pglocks.lock_totals_marks (
    instance_id uuid        NOT NULL CONSTRAINT lock_totals_marks_pkey PRIMARY KEY,
    added_to    timestamptz NOT NULL
);

-- What one step adds, counted up once for all three dimensions. Empty between two steps.
CREATE UNLOGGED TABLE pglocks.lock_totals_growth (
    key_id            int8        NOT NULL,
    instance_id       uuid        NOT NULL,
    first_at          timestamptz NOT NULL,
    last_at           timestamptz NOT NULL,
    last_end          timestamptz NOT NULL,
    acquired          int8        NOT NULL,
    timed_out         int8        NOT NULL,
    contended_key     int8        NOT NULL,
    contended_slot    int8        NOT NULL,
    contended_process int8        NOT NULL,
    lost              int8        NOT NULL,
    wait_key_ns       numeric     NOT NULL,
    wait_yield_ns     numeric     NOT NULL,
    wait_process_ns   numeric     NOT NULL,
    wait_slot_ns      numeric     NOT NULL,
    wait_session_ns   numeric     NOT NULL,
    wait_server_ns    numeric     NOT NULL,
    wait_sum_ns       numeric     NOT NULL,
    hold_sum_ns       numeric     NOT NULL,
    wait_max_ns       int8        NULL,
    hold_max_ns       int8        NULL,
    wait_buckets      int2[]      NOT NULL,
    wait_counts       int8[]      NOT NULL,
    hold_buckets      int2[]      NOT NULL,
    hold_counts       int8[]      NOT NULL
);

COMMENT ON TABLE pglocks.lock_totals IS 'Per key, slot (number: class_id << 16 | slot) and instance: all counted so far. Read it through key_stats, slot_stats, instance_stats';
COMMENT ON COLUMN pglocks.lock_totals.at IS 'The start of the hour, or of the day (UTC) when that is some days ago, in which the row last grew';
COMMENT ON TABLE pglocks.lock_totals_past IS 'Rows of lock_totals as they were at the end of an hour or a day';
