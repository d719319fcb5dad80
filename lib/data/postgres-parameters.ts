/**
 * Statements that change the schema or take a second are logged, as are sessions. What equals PostgreSQL's own default
 * must be pending-reboot, for so RDS gives it back, and what is loaded at start can be nothing else.
 */
export const POSTGRES_PARAMETERS = [
  { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" },
  { name: "shared_preload_libraries", value: "pg_stat_statements", applyMethod: "pending-reboot" },
  { name: "log_statement", value: "ddl", applyMethod: "immediate" },
  { name: "log_min_duration_statement", value: "1000", applyMethod: "immediate" },
  { name: "log_connections", value: "1", applyMethod: "immediate" },
  { name: "log_disconnections", value: "1", applyMethod: "immediate" },
];
