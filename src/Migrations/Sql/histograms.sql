-- See lock_stats for the buckets.
CREATE FUNCTION pglocks.bucket_lower_ns(bucket int4) RETURNS int8
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
    SELECT CASE WHEN bucket < 16 THEN bucket ELSE (16 + (bucket & 15))::int8 << ((bucket >> 4) - 1) END
$$;
REVOKE ALL ON FUNCTION pglocks.bucket_lower_ns(int4) FROM PUBLIC;

-- The middle of the bucket: at most 3.2 % from any value in it.
CREATE FUNCTION pglocks.bucket_value_ns(bucket int4) RETURNS int8
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
    SELECT CASE WHEN bucket < 16 THEN bucket
                ELSE ((16 + (bucket & 15))::int8 << ((bucket >> 4) - 1)) + (1::int8 << ((bucket >> 4) - 1)) / 2 END
$$;
REVOKE ALL ON FUNCTION pglocks.bucket_value_ns(int4) FROM PUBLIC;

-- The nearest-rank quantile of one histogram, never above the true maximum. NULL when it is empty (and least() would ignore that).
CREATE FUNCTION pglocks.quantile(buckets int2[], counts int8[], q float8, max_ns int8) RETURNS int8
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
    SELECT CASE WHEN count(*) > 0 THEN least(pglocks.bucket_value_ns(min(bucket)), max_ns) END
    FROM (SELECT bucket::int4, sum(count) OVER (ORDER BY bucket) AS up_to, sum(count) OVER () AS total
          FROM unnest(buckets, counts) AS histogram(bucket, count)) AS cumulated
    WHERE up_to >= greatest(ceil(total * q), 1)
$$;
REVOKE ALL ON FUNCTION pglocks.quantile(int2[], int8[], float8, int8) FROM PUBLIC;
