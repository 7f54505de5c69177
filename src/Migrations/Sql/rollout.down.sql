DROP FUNCTION pglocks.change_rollout(text, int8, int2, int2);
DROP VIEW pglocks.rollout_members;
DROP TABLE pglocks.rollout_stats;
DROP TABLE pglocks.rollout_instances;
ALTER TABLE pglocks.spaces
    DROP COLUMN rollout_generation,
    DROP COLUMN rollout_new,
    DROP COLUMN rollout_both,
    DROP COLUMN rollout_most_new,
    DROP COLUMN rollout_least_both;
