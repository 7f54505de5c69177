SELECT CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'i' THEN 'index ' WHEN 'I' THEN 'index ' ELSE 'table ' END || c.relname
FROM pg_class c
WHERE c.relnamespace = to_regnamespace('pglocks') AND c.relkind IN ('r', 'p', 'v', 'i', 'I')
  AND c.relname !~ '_\d{8}(_|$)' -- the partitions of days come and go
UNION ALL
SELECT 'function ' || p.proname || '(' || oidvectortypes(p.proargtypes) || ')'
FROM pg_proc p
WHERE p.pronamespace = to_regnamespace('pglocks')
UNION ALL
SELECT 'trigger ' || t.tgname || ' on ' || c.relname
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = to_regnamespace('pglocks') AND NOT t.tgisinternal AND t.tgenabled = 'O'
ORDER BY 1
