-- The move of a space's keys from one lock backend to another. A key's hash is a number of 0 to 99: below rollout_new it is locked by the new
-- backend alone, below rollout_both by both, else by the old one alone. Every change has a generation, which live processes acknowledge.
-- rollout_most_new and rollout_least_both span all states under which a live process may still hold or grant. That the first never exceeds the
-- second is the whole safety of a rollout: no key is at once New for one process and Old for another.
ALTER TABLE pglocks.spaces
    ADD COLUMN rollout_generation int8 NOT NULL DEFAULT 0,
    ADD COLUMN rollout_new int2 NOT NULL DEFAULT 0,
    ADD COLUMN rollout_both int2 NOT NULL DEFAULT 0,
    ADD COLUMN rollout_most_new int2 NOT NULL DEFAULT 0,
    ADD COLUMN rollout_least_both int2 NOT NULL DEFAULT 0,
    ADD CONSTRAINT spaces_rollout_check CHECK (0 <= rollout_new AND rollout_new <= rollout_both AND rollout_both <= 100),
    ADD CONSTRAINT spaces_rollout_span_check CHECK (rollout_most_new <= rollout_least_both);

CREATE TABLE pglocks.rollout_instances (
    instance_id   uuid        NOT NULL CONSTRAINT rollout_instances_pkey PRIMARY KEY,
    class_id      int4        NOT NULL,
    application   text        NOT NULL,
    host          text        NOT NULL,
    pid           int4        NOT NULL,
    old_side      text        NOT NULL,
    new_side      text        NOT NULL,
    backend_pid   int4        NOT NULL,
    backend_start timestamptz NOT NULL,
    lease_ms      int4        NOT NULL,
    joined_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    confirmed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    acknowledged  int8        NULL, -- null until it has read the state for the first time since it joined
    left_behind   int4        NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
COMMENT ON COLUMN pglocks.rollout_instances.acknowledged IS 'The oldest generation under which it may still hold or grant';
COMMENT ON COLUMN pglocks.rollout_instances.left_behind IS 'Leases and waits of earlier generations that have not ended';

-- What a side did in a mode, by instance: counts since its start, in the buckets of lock_stats.
CREATE TABLE pglocks.rollout_stats (
    class_id     int4   NOT NULL,
    instance_id  uuid   NOT NULL,
    mode         text   NOT NULL CONSTRAINT rollout_stats_mode_check CHECK (mode IN ('old', 'both', 'new')),
    side         text   NOT NULL CONSTRAINT rollout_stats_side_check CHECK (side IN ('old', 'new')),
    timed_out    int8   NOT NULL,
    wait_buckets int2[] NOT NULL,
    wait_counts  int8[] NOT NULL,
    hold_buckets int2[] NOT NULL,
    hold_counts  int8[] NOT NULL,
    updated_at   timestamptz NOT NULL,
    CONSTRAINT rollout_stats_pkey PRIMARY KEY (class_id, instance_id, mode, side)
);

-- Who counts: a process whose session lives, or whose lease may still stand. A session that was ended from outside, or a server that lost its
-- memory, does not know of the leases that the process goes on to honour until its own deadline.
CREATE VIEW pglocks.rollout_members AS
SELECT s.name AS space, r.class_id, r.instance_id, r.application, r.host, r.pid, r.old_side, r.new_side, r.joined_at, r.confirmed_at, r.acknowledged,
       r.left_behind, s.rollout_generation AS generation, r.acknowledged IS DISTINCT FROM s.rollout_generation AS is_behind, live.is_connected
FROM pglocks.rollout_instances r
JOIN pglocks.spaces s USING (class_id)
CROSS JOIN LATERAL (
    -- Without pg_read_all_stats the start of another role's backend is hidden: then its pid stands for it.
    SELECT EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = r.backend_pid AND coalesce(a.backend_start, r.backend_start) = r.backend_start) AS is_connected) live
WHERE live.is_connected
   OR clock_timestamp() < greatest(r.confirmed_at, pglocks.server_recovered_at()) + make_interval(secs => r.lease_ms / 1000.0 + 0.5);

-- The only way to change the state of a rollout; returns the new generation. Refused when a process may still act on a state that does not fit.
CREATE FUNCTION pglocks.change_rollout(space text, generation int8, new_percent int2, both_percent int2) RETURNS int8
LANGUAGE plpgsql STRICT
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    was pglocks.spaces;
    most_new int2;
    least_both int2;
BEGIN
    SELECT * INTO was FROM pglocks.spaces s WHERE s.name = change_rollout.space FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'lock space ''%'' does not exist', change_rollout.space USING ERRCODE = 'undefined_object';
    END IF;
    IF was.rollout_generation <> change_rollout.generation THEN
        RAISE EXCEPTION 'the rollout of space ''%'' is at generation %, not %: another change came first', was.name, was.rollout_generation, change_rollout.generation
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Look again: pglocks rollout status.';
    END IF;
    IF EXISTS (SELECT FROM pglocks.rollout_members m WHERE m.class_id = was.class_id AND m.is_behind) THEN
        most_new := was.rollout_most_new;
        least_both := was.rollout_least_both;
    ELSE
        most_new := was.rollout_new;
        least_both := was.rollout_both;
    END IF;
    IF new_percent > least_both OR both_percent < most_new THEN
        RAISE EXCEPTION 'a key of space ''%'' would be Old for one process and New for another', was.name
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Every key passes through Both, until each live process has acknowledged it: pglocks rollout status.';
    END IF;
    -- A lock of the old backend counts from 1. From here on the slots' numbers lie 2^40 tokens above those, so that tokens grow into New.
    IF was.rollout_both = 0 THEN
        PERFORM pglocks.move_slots(was.class_id, was.pool_size, 0, true);
    END IF;
    UPDATE pglocks.spaces s
        SET rollout_generation = was.rollout_generation + 1, rollout_new = new_percent, rollout_both = both_percent,
            rollout_most_new = greatest(most_new, new_percent), rollout_least_both = least(least_both, both_percent)
        WHERE s.class_id = was.class_id;
    INSERT INTO pglocks.lock_events (at, kind, class_id, data)
    VALUES (clock_timestamp(), 'rollout', was.class_id, jsonb_build_object('by', session_user, 'generation', was.rollout_generation + 1,
            'new_percent', new_percent, 'both_percent', both_percent));
    RETURN was.rollout_generation + 1;
END $$;
REVOKE ALL ON FUNCTION pglocks.change_rollout(text, int8, int2, int2) FROM PUBLIC;
