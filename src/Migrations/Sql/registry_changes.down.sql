DROP TRIGGER trade_pairs_count_change ON pglocks.trade_pairs;
DROP TRIGGER miners_count_change ON pglocks.miners;
DROP FUNCTION pglocks.count_registry_change();
DROP TABLE pglocks.registry_changes;
