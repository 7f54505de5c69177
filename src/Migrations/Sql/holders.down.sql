DROP VIEW pglocks.long_held;
DROP VIEW pglocks.current_waiters;
DROP VIEW pglocks.current_holders;
DROP VIEW pglocks.slot_locks;
