DROP VIEW pglocks.instance_stats;
DROP VIEW pglocks.slot_stats;
DROP VIEW pglocks.key_stats;
DROP FUNCTION pglocks.instance_stats_since(interval);
DROP FUNCTION pglocks.slot_stats_since(interval);
DROP FUNCTION pglocks.key_stats_since(interval);
