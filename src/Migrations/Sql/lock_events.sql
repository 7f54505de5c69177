-- What deserves a row of its own. kind: long_hold, long_wait, timeout, lost, revoke_refused, terminate, yield, dropped, lock_delay.
CREATE TABLE pglocks.lock_events (
    at          timestamptz NOT NULL,
    kind        text        NOT NULL,
    class_id    int4        NULL,
    slot        int4        NULL,
    key_id      int8        NULL,
    instance_id uuid        NULL,
    data        jsonb       NOT NULL DEFAULT '{}'
) PARTITION BY RANGE (at);

CREATE TABLE pglocks.lock_events_default PARTITION OF pglocks.lock_events DEFAULT;

CREATE INDEX lock_events_at ON pglocks.lock_events (at);
