DROP FUNCTION pglocks.kept_from();
DROP FUNCTION pglocks.prune_totals(timestamptz);
