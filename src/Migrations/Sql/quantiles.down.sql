DROP FUNCTION pglocks.window_quantile(int2[], int8[], int2[], int8[], int2[], int8[], float8, int8);
