import type { ListedCommand } from './command.ts';

/** Every command, in the order `--help` lists those of a group. */
export const COMMANDS: Readonly<Record<string, ListedCommand>> = {
  status: {
    group: 'Look',
    summary: 'Show whether Claude Code is recorded, and what was recorded.',
    load: async () => (await import('./commands/status.ts')).statusCommand,
  },
  dashboard: {
    group: 'Look',
    summary: 'Show all of it in the browser, live: a page to leave open.',
    load: async () => (await import('./commands/dashboard.ts')).dashboardCommand,
  },
  search: {
    group: 'Look',
    summary: 'Find a text in the code, prompts, commands, errors and files.',
    load: async () => (await import('./commands/search.ts')).searchCommand,
  },
  similar: {
    group: 'Look',
    summary: 'Find code that is like a file, some lines, or a pattern.',
    load: async () => (await import('./commands/similar.ts')).similarCommand,
  },
  patterns: {
    group: 'Look',
    summary: 'List the code that Claude wrote.',
    load: async () => (await import('./commands/patterns.ts')).patternsCommand,
  },
  show: {
    group: 'Look',
    summary: 'Show one pattern: its code, its places, what it came from.',
    load: async () => (await import('./commands/show.ts')).showCommand,
  },
  blame: {
    group: 'Look',
    summary: 'Say of each line of a file which call of Claude wrote it, and why.',
    load: async () => (await import('./commands/blame.ts')).blameCommand,
  },
  log: {
    group: 'Look',
    summary: 'Show what Claude did to a file, newest first, and what was asked.',
    load: async () => (await import('./commands/log.ts')).logCommand,
  },
  diff: {
    group: 'Look',
    summary: 'Print what a session changed in all, as a patch that applies.',
    load: async () => (await import('./commands/diff.ts')).diffCommand,
  },
  survival: {
    group: 'Look',
    summary: 'Say how much of what Claude wrote still stands.',
    load: async () => (await import('./commands/survival.ts')).survivalCommand,
  },
  stats: {
    group: 'Look',
    summary: 'Add up what Claude did: calls, failures, code, tokens.',
    load: async () => (await import('./commands/stats.ts')).statsCommand,
  },
  report: {
    group: 'Look',
    summary: 'Report a day, a week or a month, beside the one before.',
    load: async () => (await import('./commands/report.ts')).reportCommand,
  },
  sessions: {
    group: 'Look',
    summary: 'List the sessions of Claude Code.',
    load: async () => (await import('./commands/sessions.ts')).sessionsCommand,
  },
  session: {
    group: 'Look',
    summary: 'Tell what happened in a session: prompts, calls, files, tokens.',
    load: async () => (await import('./commands/session.ts')).sessionCommand,
  },
  'tool-calls': {
    group: 'Look',
    summary: 'List the tool calls that Claude made.',
    load: async () => (await import('./commands/tool-calls.ts')).toolCallsCommand,
  },
  tail: {
    group: 'Look',
    summary: 'Follow what Claude does, live.',
    load: async () => (await import('./commands/tail.ts')).tailCommand,
  },
  reconcile: {
    group: 'Health',
    summary: "Compare with Claude Code's transcripts, and add what is missing.",
    load: async () => (await import('./commands/reconcile.ts')).reconcileCommand,
  },
  outbox: {
    group: 'Delivery',
    summary: 'Show and manage what waits for the server and the collector.',
    load: async () => (await import('./commands/outbox.ts')).outboxCommand,
  },
  breaker: {
    group: 'Delivery',
    summary: 'Show the circuit breakers, close them, or open one for a drill.',
    load: async () => (await import('./commands/breaker.ts')).breakerCommand,
  },
  metrics: {
    group: 'Delivery',
    summary: 'Show how delivery has gone, over all processes.',
    load: async () => (await import('./commands/metrics.ts')).metricsCommand,
  },
  health: {
    group: 'Health',
    summary: 'Say in one word whether all is well, and if not, why.',
    load: async () => (await import('./commands/health.ts')).healthCommand,
  },
  flush: {
    group: 'Delivery',
    summary: 'Send now what waits for the server and the collector.',
    load: async () => (await import('./commands/flush.ts')).flushCommand,
    misuse: 3,
  },
  cache: {
    group: 'Delivery',
    summary: "Show or clear the server's answers cached on this machine.",
    load: async () => (await import('./commands/cache.ts')).cacheCommand,
  },
  config: {
    group: 'Setup',
    summary: 'Show, check, back up and restore the configuration.',
    load: async () => (await import('./commands/config.ts')).configCommand,
  },
  doctor: {
    group: 'Health',
    summary: 'Check every part, and say how to mend what is broken.',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  check: {
    group: 'Health',
    summary: 'Go through the list of the day, the week or the month.',
    load: async () => (await import('./commands/check.ts')).checkCommand,
  },
  alerts: {
    group: 'Health',
    summary: 'Show what is wrong and for how long, and silence it.',
    load: async () => (await import('./commands/alerts.ts')).alertsCommand,
  },
  bench: {
    group: 'Health',
    summary: 'Measure what recording one call of Claude takes.',
    load: async () => (await import('./commands/bench.ts')).benchCommand,
  },
  simulate: {
    group: 'Health',
    summary: 'Make an outage on a throwaway installation, for a drill.',
    load: async () => (await import('./commands/simulate.ts')).simulateCommand,
  },
  audit: {
    group: 'Health',
    summary: 'Check who can get at your data, and what has been changed.',
    load: async () => (await import('./commands/audit.ts')).auditCommand,
  },
  import: {
    group: 'Database',
    summary: "Record what Claude did before, from Claude Code's transcripts.",
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  export: {
    group: 'Database',
    summary: 'Write what was recorded as CSV, JSON lines or another format.',
    load: async () => (await import('./commands/export.ts')).exportCommand,
  },
  backup: {
    group: 'Database',
    summary: 'Copy the database to a file, while it stays in use.',
    load: async () => (await import('./commands/backup.ts')).backupCommand,
  },
  restore: {
    group: 'Database',
    summary: 'Replace the database with a backup.',
    load: async () => (await import('./commands/restore.ts')).restoreCommand,
  },
  verify: {
    group: 'Database',
    summary: 'Check the database, or a backup, from its pages to its rows.',
    load: async () => (await import('./commands/verify.ts')).verifyCommand,
  },
  repair: {
    group: 'Database',
    summary: 'Rebuild a sound database from a damaged one.',
    load: async () => (await import('./commands/repair.ts')).repairCommand,
  },
  recover: {
    group: 'Database',
    summary: 'Find out what is broken, mend it, and prove that it works.',
    load: async () => (await import('./commands/recover.ts')).recoverCommand,
  },
  maintain: {
    group: 'Database',
    summary: 'Do what is due every week or month, and say what was done.',
    load: async () => (await import('./commands/maintain.ts')).maintainCommand,
  },
  forget: {
    group: 'Database',
    summary: 'Erase what was recorded, so that nothing of it is left.',
    load: async () => (await import('./commands/forget.ts')).forgetCommand,
  },
  privacy: {
    group: 'Database',
    summary: 'Say what was recorded, where it lies, and where it was sent.',
    load: async () => (await import('./commands/privacy.ts')).privacyCommand,
  },
  redact: {
    group: 'Database',
    summary: 'Say what redaction takes out, and redact again what is stored.',
    load: async () => (await import('./commands/redact.ts')).redactCommand,
  },
  serve: {
    group: 'Server',
    summary: 'Answer the lineage API over HTTP, for yourself or a team.',
    load: async () => (await import('./commands/serve.ts')).serveCommand,
  },
  supervise: {
    group: 'Server',
    summary: 'Keep `serve` running: start it again when it fails.',
    load: async () => (await import('./commands/supervise.ts')).superviseCommand,
  },
  mcp: {
    group: 'Server',
    summary: 'Answer questions of Claude itself about what it did, over MCP.',
    load: async () => (await import('./commands/mcp.ts')).mcpCommand,
  },
  token: {
    group: 'Server',
    summary: 'List, create and revoke the tokens of a service.',
    load: async () => (await import('./commands/token.ts')).tokenCommand,
  },
  service: {
    group: 'Server',
    summary: 'Delete from a service, copy its events, show its audit log.',
    load: async () => (await import('./commands/service.ts')).serviceCommand,
  },
  'capture-test': {
    group: 'Health',
    summary: 'Send one event through the hook and follow it to the database.',
    load: async () => (await import('./commands/capture-test.ts')).captureTestCommand,
  },
  logs: {
    group: 'Health',
    summary: 'Show what the courier and the library have logged.',
    load: async () => (await import('./commands/logs.ts')).logsCommand,
  },
  version: {
    group: 'Setup',
    summary: 'Show the version.',
    load: async () => (await import('./commands/version.ts')).versionCommand,
  },
  install: {
    group: 'Setup',
    summary: 'Register the hooks with Claude Code.',
    load: async () => (await import('./commands/install.ts')).installCommand,
  },
  setup: {
    group: 'Setup',
    summary: 'Get the SQLite module that the plugin needs.',
    load: async () => (await import('./commands/setup.ts')).setupCommand,
  },
  uninstall: {
    group: 'Setup',
    summary: 'Remove the hooks from Claude Code again.',
    load: async () => (await import('./commands/uninstall.ts')).uninstallCommand,
  },
  statusline: {
    group: 'Setup',
    summary: "Print the line that stands in Claude Code's status line.",
    load: async () => (await import('./commands/statusline.ts')).statuslineCommand,
  },
  completions: {
    group: 'Setup',
    summary: 'Print the completions for bash, zsh or fish.',
    load: async () => (await import('./commands/completions.ts')).completionsCommand,
  },
  man: {
    group: 'Setup',
    summary: 'Print the man page.',
    load: async () => (await import('./commands/man.ts')).manCommand,
  },
};
