DROP TABLE pglocks.lock_totals_growth;
DROP TABLE pglocks.lock_totals_marks;
DROP TABLE pglocks.lock_totals_past;
DROP TABLE pglocks.lock_totals;
