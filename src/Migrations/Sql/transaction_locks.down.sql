DROP FUNCTION pglocks.gain_xact_lock(int4, int4, regclass, boolean, int4, text);
DROP FUNCTION pglocks.try_xact_lock(text, text, text);
DROP FUNCTION pglocks.xact_lock(text, text, text);
DROP FUNCTION pglocks.await_lock_delay(int4, int4, int4);
DROP FUNCTION pglocks.lockable_slot(text, text, text);
