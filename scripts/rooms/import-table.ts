/**
 * The rings of the house, from the inside out. A room imports from groups above its own and from rows
 * above its own, never from below.
 */
export const GROUPS = {
  'hot ring': 'what Claude Code waits for: node: built-ins only',
  rules: 'events, configuration, code and secrets; they open no database and no socket',
  'tracker.db': "the SQLite file on the user's machine",
  capabilities: 'import no face, and each other only where the row says so',
  faces: 'never import each other; only cli does: it composes the others, and loads them lazily',
  entries: 'what is started, bundled or exported',
} as const;

/** The name of a ring. */
export type Group = keyof typeof GROUPS;

/** A part of the source, and everything that it may import: what its row does not name is forbidden. */
export interface Room {
  /** The folder below lib/, or the file there; `hooks` and `scripts` are folders of the repository. */
  readonly name: string;
  readonly group: Group;
  /** One line for AGENTS.md. */
  readonly purpose: string;
  /** The names of the rooms that it imports. A room inside another has to be named itself. */
  readonly imports: readonly string[];
  /** The npm packages that it imports; node: built-ins are open to every room. */
  readonly packages: readonly string[];
  /** Packages that only some files of the room import. */
  readonly exceptions?: readonly PackageException[];
}

/** Files that may import more packages than the rest of their room. */
export interface PackageException {
  /** A path below the room's folder; `*` stands for any part of a name. */
  readonly files: string;
  /** Allowed in these files beside the packages of the room. */
  readonly packages: readonly string[];
}

/**
 * Who may import whom. The import restrictions in .oxlintrc.json and the list in AGENTS.md are written
 * from this table by `npm run rooms -- --write`.
 */
export const ROOMS: readonly Room[] = [
  {
    name: 'base',
    group: 'hot ring',
    purpose: 'clock, errors, JSON, paths, text',
    imports: [],
    packages: [],
  },
  {
    name: 'capture',
    group: 'hot ring',
    purpose: 'the hot path: stdin, spool, nudge',
    imports: ['base'],
    packages: [],
  },
  {
    name: 'claude-code',
    group: 'rules',
    purpose: 'finds the Claude Codes on this machine, and their versions',
    imports: ['base'],
    packages: [],
  },
  {
    name: 'event',
    group: 'rules',
    purpose: "Claude's hook events, event records, outcomes of tool calls",
    imports: ['base'],
    packages: [],
  },
  {
    name: 'transcript',
    group: 'rules',
    purpose: "what Claude Code's transcripts tell, as the events that hooks would have been given",
    imports: words('base event'),
    packages: [],
  },
  {
    name: 'redact',
    group: 'rules',
    purpose: 'finds and replaces secrets',
    imports: ['base'],
    packages: [],
    exceptions: [{ files: 'own/expression.ts', packages: ['re2js'] }],
  },
  {
    name: 'config',
    group: 'rules',
    purpose: 'configuration: schema, layers, files, watch',
    imports: words('base redact'),
    packages: words('yaml zod'),
  },
  {
    name: 'log',
    group: 'rules',
    purpose: 'logs/tracker.log: writes, reads and follows it',
    imports: ['base'],
    packages: words('pino rotating-file-stream'),
  },
  {
    name: 'lineage-api',
    group: 'rules',
    purpose: 'schemas of the HTTP API, for both ends: request, reply',
    imports: ['base'],
    packages: ['zod'],
  },
  {
    name: 'pattern',
    group: 'rules',
    purpose: 'extracts and identifies code: fragments, languages, descent; pure',
    imports: words('base event lineage-api'),
    packages: ['diff'],
  },
  {
    name: 'authorship',
    group: 'rules',
    purpose: 'who wrote each line of a file, event by event; pure',
    imports: words('base event pattern'),
    packages: ['diff'],
  },
  {
    name: 'store/database',
    group: 'tracker.db',
    purpose: 'opens SQLite: migrations, locks, faults',
    imports: ['base'],
    packages: [],
    exceptions: [
      // The one of the two that this Node.js can run is loaded.
      { files: 'sqlite.ts', packages: words('better-sqlite3 better-sqlite3-12') },
    ],
  },
  {
    name: 'store/writers',
    group: 'tracker.db',
    purpose: 'writes events, sessions, patterns, and decides the outcome of each tool call',
    imports: words('base event lineage-api pattern authorship store/database'),
    packages: [],
    exceptions: [{ files: 'authorship/authorship-tables.ts', packages: ['lru-cache'] }],
  },
  {
    name: 'store/queries',
    group: 'tracker.db',
    purpose: 'reads patterns, sessions, tool calls, lineage',
    imports: words('base event lineage-api pattern authorship store/database'),
    packages: [],
  },
  {
    name: 'store/maintenance',
    group: 'tracker.db',
    purpose: 'retention, backup, verify, restore, repair',
    imports: words(
      'base event lineage-api pattern authorship store/database store/writers store/queries',
    ),
    packages: [],
  },
  {
    name: 'delivery',
    group: 'capabilities',
    purpose: 'sends to the sinks: outbox, breaker, one folder a sink; the only HTTP client',
    imports: words('base event config log lineage-api pattern', 'store/database store/queries'),
    packages: words(
      '@opentelemetry/api @opentelemetry/otlp-transformer @opentelemetry/resources',
      'undici',
    ),
    exceptions: [{ files: 'alerts/mail-client.ts', packages: ['nodemailer'] }],
  },
  {
    name: 'ingest',
    group: 'capabilities',
    purpose: 'turns spool files and transcripts into rows: courier/, spool/, transcripts/',
    imports: words(
      'base capture claude-code event transcript config log redact pattern authorship',
      'store/database store/writers store/queries store/maintenance delivery',
    ),
    packages: words('lru-cache picomatch write-file-atomic'),
  },
  {
    name: 'blame',
    group: 'capabilities',
    purpose: 'who wrote the lines that are on disk, and what became of what Claude wrote',
    imports: words(
      'base config redact authorship ingest store/database store/writers store/queries',
    ),
    packages: [],
  },
  {
    name: 'service/store',
    group: 'capabilities',
    purpose: "the service's database: on SQLite, or PostgreSQL, which is used nowhere else",
    imports: words('base lineage-api pattern', 'store/database store/writers store/queries'),
    packages: ['postgres'],
  },
  {
    name: 'service',
    group: 'capabilities',
    purpose: 'the HTTP service, the other end of delivery',
    imports: words('base redact lineage-api pattern store/database service/store'),
    packages: words('@hono/node-server hono lru-cache pino prom-client zod'),
    exceptions: [{ files: 'auth/oidc/*-*.ts', packages: words('oauth4webapi yaml') }],
  },
  {
    name: 'health',
    group: 'capabilities',
    purpose: 'the facts about delivery, courier and store that others show',
    imports: words(
      'base capture claude-code event config log redact',
      'store/database store/queries store/maintenance delivery ingest',
    ),
    packages: ['prom-client'],
  },
  {
    name: 'alerts',
    group: 'capabilities',
    purpose: 'the rules of alerts, who judges them and who is told; Prometheus has the same rules',
    imports: words(
      'base capture claude-code config log redact',
      'store/database store/queries delivery health',
    ),
    packages: ['yaml'],
  },
  {
    name: 'library',
    group: 'faces',
    purpose: 'PatternTracker, for programs that declare and query patterns',
    imports: words(
      'base config log redact lineage-api pattern',
      'store/database store/writers store/queries delivery ingest health',
    ),
    packages: ['zod'],
  },
  {
    name: 'install',
    group: 'faces',
    purpose: "edits Claude Code's settings, copies the program",
    imports: words('base claude-code'),
    packages: words('diff jsonc-parser zod'),
  },
  {
    name: 'dashboard',
    group: 'faces',
    purpose:
      'the pages in the browser: their queries and views, the server, and the client that the browser loads',
    imports: words(
      'base event config redact log lineage-api pattern authorship',
      'store/database store/queries store/maintenance delivery ingest blame service/store service health alerts',
    ),
    packages: words('@tanstack/virtual-core hono preact'),
    exceptions: [
      { files: 'export/static-page.tsx', packages: ['preact-render-to-string'] },
      { files: '*/*document.tsx', packages: ['preact-render-to-string'] },
      { files: 'team/*-routes.tsx', packages: ['zod'] },
      // Loaded when a page shows code or a plot.
      { files: 'client/code-colours.ts', packages: ['highlight.js'] },
      { files: 'parts/figures/plot.tsx', packages: ['uplot'] },
    ],
  },
  {
    name: 'cli',
    group: 'faces',
    purpose: 'the command line, the one composition root: one file a command, loaded when called',
    imports: words(
      'base capture claude-code event transcript config redact log pattern authorship',
      'store/database store/writers store/queries store/maintenance',
      'delivery ingest blame service/store service health alerts install dashboard',
    ),
    packages: words('chrono-node citty cli-progress diff picocolors picomatch string-width'),
    exceptions: [
      // The MCP server; the rest of the command line starts without them.
      { files: 'mcp/mcp-server.ts', packages: words('@modelcontextprotocol/sdk zod') },
      { files: 'mcp/*tool*.ts', packages: ['zod'] },
      { files: 'mcp/tools/*-*.ts', packages: ['zod'] },
      { files: 'commands/mcp.ts', packages: ['@modelcontextprotocol/sdk'] },
    ],
  },
  {
    name: 'index.ts',
    group: 'entries',
    purpose: "the package's exports",
    imports: words('base health library'),
    packages: [],
  },
  {
    name: 'hooks',
    group: 'entries',
    purpose: 'the Node front of capture',
    imports: words('base capture'),
    packages: [],
  },
  {
    name: 'scripts',
    group: 'entries',
    purpose: 'what a person or a build runs',
    imports: words(
      'base capture claude-code event config redact lineage-api pattern authorship',
      'store/database store/writers store/queries store/maintenance delivery ingest service/store service health alerts install dashboard cli',
    ),
    packages: words('autocannon esbuild oxc-parser picocolors zod'),
    exceptions: [
      // The floors that benchmarks compare with, and the rows that they start from.
      {
        files: 'bench/*/bare-*.ts',
        packages: words('@hono/node-server better-sqlite3 hono postgres undici'),
      },
      { files: 'bench/service/fill-postgres.ts', packages: ['postgres'] },
      { files: 'eval/attribution/payloads.ts', packages: ['diff'] },
      { files: 'eval/similar/judge.ts', packages: ['diff'] },
      { files: 'faults/kills/killed-deliveries.ts', packages: ['postgres'] },
      {
        files: 'bench/service/bare-server.ts',
        packages: words('better-sqlite3 hono @hono/node-server'),
      },
      { files: 'cluster/cluster.ts', packages: ['postgres'] },
      { files: 'cluster/load.ts', packages: ['undici'] },
      { files: 'compose/composition.ts', packages: ['yaml'] },
      { files: 'runbook/installation.ts', packages: ['yaml'] },
    ],
  },
];

// --- internal ---

/** A list of names that fits on a line or two. */
function words(...lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(' '));
}
