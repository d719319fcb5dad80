/**
 * The beginning of a migration: makes its schema, after all others that make it at the same time. The whole migration is one
 * text without parameters, which PostgreSQL runs as one transaction: all of it is there, or nothing.
 *
 * @param lock the same for all stores of a kind
 */
export const ownSchema = (schema: string, lock: number): string => `
set local lock_timeout = '10s';
-- Of two that start at once, "if not exists" alone would fail one.
select pg_advisory_xact_lock(hashtextextended('${schema}', ${lock}));
create schema if not exists ${schema};
`;
