DROP FUNCTION pglocks.add_totals();
DROP FUNCTION pglocks.add_totals_of(text, timestamptz);
DROP FUNCTION pglocks.count_growth(timestamptz, timestamptz, uuid[], timestamptz[], timestamptz[]);
DROP FUNCTION pglocks.add_maximum(timestamptz[], int8[], timestamptz, int8);
DROP FUNCTION pglocks.totals_lack_from();
