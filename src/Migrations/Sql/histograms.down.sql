DROP FUNCTION pglocks.quantile(int2[], int8[], float8, int8);
DROP FUNCTION pglocks.bucket_value_ns(int4);
DROP FUNCTION pglocks.bucket_lower_ns(int4);
