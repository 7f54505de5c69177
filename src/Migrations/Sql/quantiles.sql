-- The nearest-rank quantile of what was counted between two rows of lock_totals, and beside them: histograms cumulated over their buckets in order,
-- NULL for none. Never above the true maximum; NULL when nothing was counted. The wanted bucket is the first that enough samples do not exceed.
CREATE FUNCTION pglocks.window_quantile(
    until_buckets int2[], until_cumulated int8[], before_buckets int2[], before_cumulated int8[], beside_buckets int2[], beside_cumulated int8[],
    q float8, max_ns int8) RETURNS int8
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 100
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
DECLARE
    rank   int8 := greatest(1, ceil(q * (coalesce(until_cumulated[cardinality(until_cumulated)], 0) - coalesce(before_cumulated[cardinality(before_cumulated)], 0)
                                         + coalesce(beside_cumulated[cardinality(beside_cumulated)], 0))));
    low    int4 := 0;
    high   int4 := 960;
    middle int2;
BEGIN
    IF max_ns IS NULL THEN
        RETURN NULL;
    END IF;
    IF before_buckets IS NULL AND beside_buckets IS NULL THEN
        low := until_buckets[width_bucket(rank - 1, until_cumulated) + 1];
    ELSE
        WHILE low < high LOOP
            middle := (low + high) / 2;
            IF coalesce(until_cumulated[width_bucket(middle, until_buckets)], 0) - coalesce(before_cumulated[width_bucket(middle, before_buckets)], 0)
                + coalesce(beside_cumulated[width_bucket(middle, beside_buckets)], 0) >= rank THEN
                high := middle;
            ELSE
                low := middle + 1;
            END IF;
        END LOOP;
    END IF;
    RETURN least(max_ns, CASE WHEN low < 16 THEN low
                              ELSE ((16 + (low & 15))::int8 << ((low >> 4) - 1)) + (1::int8 << ((low >> 4) - 1)) / 2 END);
END $$;
REVOKE ALL ON FUNCTION pglocks.window_quantile(int2[], int8[], int2[], int8[], int2[], int8[], float8, int8) FROM PUBLIC;
