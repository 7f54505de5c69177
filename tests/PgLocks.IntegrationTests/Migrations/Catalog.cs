using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Migrations;

/// <summary>All that the schema pglocks is, as the server would write it down: two equal lists are two equal schemas.</summary>
internal static class Catalog
{
    public static Task<IReadOnlyList<string>> OfAsync(TestDatabase database) => database.ColumnAsync<string>(
        """
        WITH ours AS (SELECT * FROM pg_class c WHERE c.relnamespace = to_regnamespace('pglocks'))
        SELECT format('relation %s kind %s owner %s acl %s options %s comment %s', c.relname, c.relkind, c.relowner::regrole,
                      (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))) a), c.reloptions, obj_description(c.oid, 'pg_class')) FROM ours c
        UNION ALL
        SELECT format('column %s.%s %s notnull %s default %s identity %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                      pg_get_expr(d.adbin, d.adrelid), a.attidentity)
        FROM ours c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v')
        UNION ALL
        SELECT format('view %s %s', c.relname, pg_get_viewdef(c.oid)) FROM ours c WHERE c.relkind = 'v'
        UNION ALL
        SELECT format('index %s', pg_get_indexdef(c.oid)) FROM ours c WHERE c.relkind IN ('i', 'I')
        UNION ALL
        SELECT format('sequence %s %s %s %s %s', c.relname, s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqcache) FROM ours c JOIN pg_sequence s ON s.seqrelid = c.oid
        UNION ALL
        SELECT format('constraint %s %s %s', c.relname, k.conname, pg_get_constraintdef(k.oid)) FROM ours c JOIN pg_constraint k ON k.conrelid = c.oid
        UNION ALL
        SELECT format('trigger %s', pg_get_triggerdef(t.oid)) FROM ours c JOIN pg_trigger t ON t.tgrelid = c.oid WHERE NOT t.tgisinternal
        UNION ALL
        SELECT format('function %s acl %s', pg_get_functiondef(p.oid), (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(coalesce(p.proacl, acldefault('f', p.proowner))) a))
        FROM pg_proc p WHERE p.pronamespace = to_regnamespace('pglocks')
        UNION ALL
        SELECT format('default acl %s', (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(d.defaclacl) a))
        FROM pg_default_acl d WHERE d.defaclnamespace = to_regnamespace('pglocks')
        UNION ALL
        SELECT format('schema acl %s', (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(coalesce(n.nspacl, acldefault('n', n.nspowner))) a)) FROM pg_namespace n WHERE n.nspname = 'pglocks'
        ORDER BY 1
        """);
}
