DROP FUNCTION pglocks.make_days();
DROP FUNCTION pglocks.make_day(text, text, date);
DROP FUNCTION pglocks.day_partitions();
DROP FUNCTION pglocks.utc_today();
