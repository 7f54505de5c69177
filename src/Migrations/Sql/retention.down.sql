DROP TABLE pglocks.rolled_up_days;
DROP TABLE pglocks.retention;
