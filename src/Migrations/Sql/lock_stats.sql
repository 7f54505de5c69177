-- One row a key, instance and interval, written by binary COPY: no default, identity or generated column.
-- Histogram bucket of v ns: v below 16: v; above, with e = floor(log2 v): (e - 3) * 16 + ((v >> (e - 4)) & 15), so at most 6.25 % wide.
-- Kept sparse: two parallel arrays, bucket numbers and their counts.
CREATE TABLE pglocks.lock_stats (
    interval_start    timestamptz NOT NULL,
    interval_ms       int4        NOT NULL,
    key_id            int8        NOT NULL,
    instance_id       uuid        NOT NULL,
    acquired          int8        NOT NULL,
    timed_out         int8        NOT NULL,
    contended_key     int8        NOT NULL,
    contended_slot    int8        NOT NULL,
    contended_process int8        NOT NULL,
    lost              int8        NOT NULL,
    wait_key_ns       int8        NOT NULL,
    wait_yield_ns     int8        NOT NULL,
    wait_process_ns   int8        NOT NULL,
    wait_slot_ns      int8        NOT NULL,
    wait_session_ns   int8        NOT NULL,
    wait_server_ns    int8        NOT NULL,
    wait_sum_ns       int8        NOT NULL,
    wait_max_ns       int8        NOT NULL,
    wait_buckets      int2[]      NOT NULL,
    wait_counts       int8[]      NOT NULL,
    hold_sum_ns       int8        NOT NULL,
    hold_max_ns       int8        NOT NULL,
    hold_buckets      int2[]      NOT NULL,
    hold_counts       int8[]      NOT NULL
) PARTITION BY RANGE (interval_start);

-- The default partition takes every row for which no day has been made, so that a writer never fails on a missing day.
CREATE TABLE pglocks.lock_stats_default PARTITION OF pglocks.lock_stats DEFAULT;

-- Rows arrive in the order of time: a BRIN index costs the writer next to nothing and still skips what a chosen window leaves out.
CREATE INDEX lock_stats_interval_start ON pglocks.lock_stats USING brin (interval_start) WITH (pages_per_range = 32);

COMMENT ON TABLE pglocks.lock_stats IS 'Per key, instance and interval: counts, sums and maxima in ns, sparse histograms. Read it through key_stats, slot_stats, instance_stats';
COMMENT ON COLUMN pglocks.lock_stats.acquired IS 'Leases released in the interval; both histograms sum to it';
COMMENT ON COLUMN pglocks.lock_stats.contended_key IS 'Acquisitions that waited for a holder of the same key in the same instance';
COMMENT ON COLUMN pglocks.lock_stats.contended_slot IS 'Acquisitions that waited because of another key of the slot';
COMMENT ON COLUMN pglocks.lock_stats.contended_process IS 'Acquisitions that waited for another process';
COMMENT ON COLUMN pglocks.lock_stats.wait_key_ns IS 'Part of wait_sum_ns: for a holder of the same key in the same instance';
COMMENT ON COLUMN pglocks.lock_stats.wait_yield_ns IS 'Part of wait_sum_ns: for a slot that the own instance was giving away';
COMMENT ON COLUMN pglocks.lock_stats.wait_process_ns IS 'Part of wait_sum_ns: for another process that holds the same key';
COMMENT ON COLUMN pglocks.lock_stats.wait_slot_ns IS 'Part of wait_sum_ns: for another key of the slot (false contention)';
COMMENT ON COLUMN pglocks.lock_stats.wait_session_ns IS 'Part of wait_sum_ns: for a session of the own instance that could ask the server';
COMMENT ON COLUMN pglocks.lock_stats.wait_server_ns IS 'Part of wait_sum_ns: for the answer of the server. The six parts add up to wait_sum_ns';
