export interface ListedCommand {
  /** The first line of the command's own description, here so that `--help` loads no command. */
  readonly summary: string;
  /** A citty command; which arguments it has is its own matter. */
  readonly load: () => Promise<object>;
  /** Exit code for a command line that makes no sense. @default 2 */
  readonly misuse?: number;
}

/** Every command, in the order `--help` lists them. */
export const COMMANDS: Readonly<Record<string, ListedCommand>> = {
  status: {
    summary: 'Show whether Claude Code is being recorded, and what there is.',
    load: async () => (await import('./commands/status.ts')).statusCommand,
  },
  patterns: {
    summary: 'List the code that Claude wrote.',
    load: async () => (await import('./commands/patterns.ts')).patternsCommand,
  },
  show: {
    summary: 'Show one pattern: its code, where it is, what it came from.',
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
    summary: 'Follow live what Claude does.',
    load: async () => (await import('./commands/tail.ts')).tailCommand,
  },
  outbox: {
    summary: 'Show and steer what waits for the server and the collector.',
    load: async () => (await import('./commands/outbox.ts')).outboxCommand,
  },
  breaker: {
    summary: 'Show the circuit breakers, close them, or open one for a drill.',
    load: async () => (await import('./commands/breaker.ts')).breakerCommand,
  },
  metrics: {
    summary: 'Show how delivery to the server and the collector goes, over all processes.',
    load: async () => (await import('./commands/metrics.ts')).metricsCommand,
  },
  health: {
    summary: 'Say in one word whether all is well, and why if not.',
    load: async () => (await import('./commands/health.ts')).healthCommand,
  },
  flush: {
    summary: 'Send what waits for the server and the collector now.',
    load: async () => (await import('./commands/flush.ts')).flushCommand,
    misuse: 3,
  },
  cache: {
    summary: 'Show or clear the answers of the server that are kept on this machine.',
    load: async () => (await import('./commands/cache.ts')).cacheCommand,
  },
  config: {
    summary: 'Show, check, back up and restore the configuration.',
    load: async () => (await import('./commands/config.ts')).configCommand,
  },
  doctor: {
    summary: 'Check every link from Claude Code to the database, and say how to mend it.',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  backup: {
    summary: 'Copy the database into a file of its own, while it is in use.',
    load: async () => (await import('./commands/backup.ts')).backupCommand,
  },
  restore: {
    summary: 'Put a backup in the place of the database.',
    load: async () => (await import('./commands/restore.ts')).restoreCommand,
  },
  verify: {
    summary: 'Check the database, or a backup, from its pages to its rows.',
    load: async () => (await import('./commands/verify.ts')).verifyCommand,
  },
  repair: {
    summary: 'Make a sound database of a damaged one.',
    load: async () => (await import('./commands/repair.ts')).repairCommand,
  },
  serve: {
    summary: 'Answer the lineage API over HTTP, for this machine or for a team.',
    load: async () => (await import('./commands/serve.ts')).serveCommand,
  },
  token: {
    summary: 'List, make and revoke the tokens of a service.',
    load: async () => (await import('./commands/token.ts')).tokenCommand,
  },
  'capture-test': {
    summary: 'Send one event through the installed hook and follow it to the database.',
    load: async () => (await import('./commands/capture-test.ts')).captureTestCommand,
  },
  install: {
    summary: 'Register the hooks with Claude Code.',
    load: async () => (await import('./commands/install.ts')).installCommand,
  },
  uninstall: {
    summary: 'Take the hooks out again.',
    load: async () => (await import('./commands/uninstall.ts')).uninstallCommand,
  },
};
