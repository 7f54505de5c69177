DROP FUNCTION pglocks.recent_stats(text, interval);
DROP FUNCTION pglocks.window_start(interval);
