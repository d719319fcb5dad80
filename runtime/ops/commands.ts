/** Each is loaded when it is run, and with it the clients of the stores that it needs: nobody has to install the others. */
export const COMMANDS = {
  backup: async () => (await import("./commands/backup-command.js")).backupCommand,
  list: async () => (await import("./commands/list-command.js")).listCommand,
  verify: async () => (await import("./commands/verify-command.js")).verifyCommand,
  restore: async () => (await import("./commands/restore-command.js")).restoreCommand,
  forget: async () => (await import("./commands/forget-command.js")).forgetCommand,
  rebuild: async () => (await import("./commands/rebuild-command.js")).rebuildCommand,
  rollback: async () => (await import("./commands/rollback-command.js")).rollbackCommand,
  drill: async () => (await import("./commands/drill-command.js")).drillCommand,
  lag: async () => (await import("./commands/lag-command.js")).lagCommand,
  health: async () => (await import("./commands/health-command.js")).healthCommand,
  credentials: async () => (await import("./commands/credentials-command.js")).credentialsCommand,
  managedBackup: async () => (await import("./commands/managed-commands.js")).managedBackupCommand,
  managedList: async () => (await import("./commands/managed-commands.js")).managedListCommand,
  managedRestore: async () => (await import("./commands/managed-commands.js")).managedRestoreCommand,
} as const;
