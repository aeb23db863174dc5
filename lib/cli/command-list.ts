/** A command as `main` and `--help` know it before its module is loaded. */
export interface ListedCommand {
  /** The first line of the command's own description, here so that `--help` loads no command. */
  readonly summary: string;
  /** Loads the citty command, whose type differs with its arguments. */
  readonly load: () => Promise<object>;
  /** Exit code for wrong usage. @default 2 */
  readonly misuse?: number;
}

/** Every command, in the order `--help` lists them. */
export const COMMANDS: Readonly<Record<string, ListedCommand>> = {
  status: {
    summary: 'Show whether Claude Code is being recorded, and what was recorded.',
    load: async () => (await import('./commands/status.ts')).statusCommand,
  },
  patterns: {
    summary: 'List the code that Claude wrote.',
    load: async () => (await import('./commands/patterns.ts')).patternsCommand,
  },
  show: {
    summary: 'Show one pattern: its code, where it was written, what it came from.',
    load: async () => (await import('./commands/show.ts')).showCommand,
  },
  sessions: {
    summary: 'List the sessions of Claude Code.',
    load: async () => (await import('./commands/sessions.ts')).sessionsCommand,
  },
  'tool-calls': {
    summary: 'List the tool calls that Claude made.',
    load: async () => (await import('./commands/tool-calls.ts')).toolCallsCommand,
  },
  tail: {
    summary: 'Follow what Claude does, live.',
    load: async () => (await import('./commands/tail.ts')).tailCommand,
  },
  outbox: {
    summary: 'Show and manage what waits for the server and the collector.',
    load: async () => (await import('./commands/outbox.ts')).outboxCommand,
  },
  breaker: {
    summary: 'Show the circuit breakers, close them, or open one for a drill.',
    load: async () => (await import('./commands/breaker.ts')).breakerCommand,
  },
  metrics: {
    summary: 'Show how delivery to the server and the collector has gone, over all processes.',
    load: async () => (await import('./commands/metrics.ts')).metricsCommand,
  },
  health: {
    summary: 'Say in one word whether all is well, and if not, why.',
    load: async () => (await import('./commands/health.ts')).healthCommand,
  },
  flush: {
    summary: 'Send now what waits for the server and the collector.',
    load: async () => (await import('./commands/flush.ts')).flushCommand,
    misuse: 3,
  },
  cache: {
    summary: "Show or clear the server's answers that are cached on this machine.",
    load: async () => (await import('./commands/cache.ts')).cacheCommand,
  },
  config: {
    summary: 'Show, check, back up and restore the configuration.',
    load: async () => (await import('./commands/config.ts')).configCommand,
  },
  doctor: {
    summary:
      'Check every link from Claude Code to the database, and say how to mend what is broken.',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  backup: {
    summary: 'Copy the database to a file, while it stays in use.',
    load: async () => (await import('./commands/backup.ts')).backupCommand,
  },
  restore: {
    summary: 'Replace the database with a backup.',
    load: async () => (await import('./commands/restore.ts')).restoreCommand,
  },
  verify: {
    summary: 'Check the database, or a backup, from its pages to its rows.',
    load: async () => (await import('./commands/verify.ts')).verifyCommand,
  },
  repair: {
    summary: 'Rebuild a sound database from a damaged one.',
    load: async () => (await import('./commands/repair.ts')).repairCommand,
  },
  serve: {
    summary: 'Answer the lineage API over HTTP, for this machine or for a team.',
    load: async () => (await import('./commands/serve.ts')).serveCommand,
  },
  token: {
    summary: 'List, create and revoke the tokens of a service.',
    load: async () => (await import('./commands/token.ts')).tokenCommand,
  },
  'capture-test': {
    summary: 'Send one event through the installed hook and follow it to the database.',
    load: async () => (await import('./commands/capture-test.ts')).captureTestCommand,
  },
  logs: {
    summary: 'Show what the courier and the library have logged.',
    load: async () => (await import('./commands/logs.ts')).logsCommand,
  },
  version: {
    summary: 'Show the version.',
    load: async () => (await import('./commands/version.ts')).versionCommand,
  },
  install: {
    summary: 'Register the hooks with Claude Code.',
    load: async () => (await import('./commands/install.ts')).installCommand,
  },
  setup: {
    summary: 'Get the SQLite module that the plugin needs for this Node.js.',
    load: async () => (await import('./commands/setup.ts')).setupCommand,
  },
  uninstall: {
    summary: 'Remove the hooks from Claude Code again.',
    load: async () => (await import('./commands/uninstall.ts')).uninstallCommand,
  },
};
