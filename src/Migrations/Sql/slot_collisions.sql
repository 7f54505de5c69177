-- Observed and expected false contention: callers that waited for another key of their slot.
-- expected_keys: an even spread of all keys over the pool. expected_contended_slot: an acquisition meets another key of its slot with the
-- probability that this one is held, which is its hold time over the window. Keys of one instance do not block each other, so with few
-- instances the observed number stays below the expected one.
CREATE VIEW pglocks.slot_collisions AS
WITH figures AS (
    SELECT s.class_id, s.slot, s.acquired, s.contended_slot, s.acquired * coalesce(s.hold_mean_ns, 0)::float8 AS hold_ns,
           extract(epoch FROM max(s.last_interval_end) OVER w - min(s.first_interval_at) OVER w)::float8 * 1e9 AS window_ns
    FROM pglocks.stats_by('key', NULL) s
    WINDOW w AS (PARTITION BY s.class_id)
),
by_slot AS (
    SELECT class_id, slot, sum(acquired)::int8 AS acquired, sum(contended_slot)::int8 AS contended_slot,
           (sum(acquired)::float8 * sum(hold_ns) - sum(acquired * hold_ns)) / nullif(max(window_ns), 0) AS expected_contended_slot
    FROM figures
    GROUP BY class_id, slot
)
SELECT sp.name AS space, k.slot, k.keys,
       (sum(k.keys) OVER (PARTITION BY sp.name))::float8 / sp.pool_size AS expected_keys,
       coalesce(b.acquired, 0) AS acquired,
       coalesce(b.contended_slot, 0) AS contended_slot,
       b.contended_slot::float8 / nullif(b.acquired, 0) AS contended_slot_ratio,
       coalesce(b.expected_contended_slot, 0) AS expected_contended_slot
FROM (SELECT p.class_id, p.slot, count(*) AS keys FROM pglocks.position_keys p GROUP BY p.class_id, p.slot) k
JOIN pglocks.spaces sp ON sp.class_id = k.class_id
LEFT JOIN by_slot b ON b.class_id = k.class_id AND b.slot = k.slot;

COMMENT ON VIEW pglocks.slot_collisions IS 'Keys per slot, and how often a caller waited because of another key of its slot: observed and expected';
