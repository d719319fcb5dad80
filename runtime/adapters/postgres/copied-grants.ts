/**
 * Gives a schema and its tables the rights that others have on another schema and on its tables of the same names: rights
 * follow an object and not its name. Both are names that were checked.
 */
export const copiedGrants = (from: string, to: string): string => `
do $$
declare
  given record;
begin
  for given in
    select a.grantee::regrole::text as grantee, a.privilege_type as privilege, 'schema ${to}' as object
    from pg_namespace n, aclexplode(n.nspacl) a
    where n.nspname = '${from}' and a.grantee not in (0, n.nspowner)
    union all
    select a.grantee::regrole::text, a.privilege_type, format('table ${to}.%I', c.relname)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
    where n.nspname = '${from}' and c.relkind in ('r', 'p', 'v', 'm') and a.grantee not in (0, c.relowner)
      and to_regclass(format('${to}.%I', c.relname)) is not null
  loop
    execute format('grant %s on %s to %s', given.privilege, given.object, given.grantee);
  end loop;
end
$$;`;
