/**
 * Gives a schema and its relations the owners that another schema and its relations of the same names have, and the rights that
 * others have on those, on their columns and on what is yet to be made: all of it follows an object and not its name. Both are
 * names that were checked; where there is no schema of the first of them, nothing is given.
 */
export const copiedGrants = (from: string, to: string): string => `
do $$
declare
  given record;
begin
  for given in
    with relations as (
      select c.oid, c.relname, c.relowner, c.relacl, b.relowner as new_owner, b.relacl as new_acl, format('${to}.%I', c.relname) as name,
        case c.relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view' else 'table' end as kind,
        -- A sequence of a column has that column's owner, and no other.
        not exists (select from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i') and c.relkind = 'S') as is_free
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_class b on b.relname = c.relname and b.relkind = c.relkind and b.relnamespace = to_regnamespace('${to}')
      where n.nspname = '${from}' and c.relkind in ('r', 'p', 'v', 'm', 'S')
    ), rights as (
      select 1 as step, n.nspowner as owner, a.*, 'schema ${to}' as object, '' as columns
      from pg_namespace n, aclexplode(n.nspacl) a where n.nspname = '${from}'
      union all
      select 3, relowner, a.*, case kind when 'sequence' then 'sequence ' else '' end || name, ''
      from relations, aclexplode(relacl) a
      union all
      select 3, relowner, a.*, name, format('(%I)', t.attname)
      from relations r join pg_attribute t on t.attrelid = r.oid and not t.attisdropped, aclexplode(t.attacl) a
      where exists (
        select from pg_attribute b
        where b.attrelid = to_regclass(r.name) and b.attname = t.attname and not b.attisdropped
      )
    )
    select 0 as step, format('alter schema ${to} owner to %s', n.nspowner::regrole) as statement
    from pg_namespace n join pg_namespace b on b.nspname = '${to}' and b.nspowner <> n.nspowner where n.nspname = '${from}'
    union all
    select 2, format('alter %s %s owner to %s', kind, name, relowner::regrole)
    from relations where relowner <> new_owner and is_free
    union all
    -- Of what is yet to be made, a table has got what its namesake never had.
    select 2, format('revoke all on %s%s from %s', case kind when 'sequence' then 'sequence ' else '' end, name,
      case a.grantee when 0 then 'public' else a.grantee::regrole::text end)
    from relations, aclexplode(new_acl) a where a.grantee <> new_owner
    union all
    select step, format('grant %s %s on %s to %s%s', privilege_type, columns, object,
      case grantee when 0 then 'public' else grantee::regrole::text end, case when is_grantable then ' with grant option' else '' end)
    from rights where grantee <> owner
    union all
    select 4, format('alter default privileges for role %s in schema ${to} grant %s on %s to %s%s', d.defaclrole::regrole,
      a.privilege_type,
      case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' else 'types' end,
      case a.grantee when 0 then 'public' else a.grantee::regrole::text end,
      case when a.is_grantable then ' with grant option' else '' end)
    from pg_default_acl d join pg_namespace n on n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a
    where n.nspname = '${from}' and d.defaclobjtype in ('r', 'S', 'f', 'T')
    order by step
  loop
    execute given.statement;
  end loop;
end
$$;`;
