import { once } from 'node:events';
import { resolve } from 'node:path';
import process from 'node:process';
import { isInClaudeSession } from '../../base/claude-session.ts';
import { errorMessage, TrackerError } from '../../base/errors.ts';
import { ownRedaction } from '../../config/config-file.ts';
import { readEntry } from '../../log/log-entry.ts';
import { openRedactor } from '../../redact/own/open-redactor.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { wantsColor } from '../environment.ts';
import type { CliEnvironment } from '../environment.ts';
import { serviceLogText } from '../output/log-text.ts';
import { printJson } from '../output/json-output.ts';
import type { OidcSignIn } from '../../service/auth/oidc/oidc-sign-in.ts';
import { noteServed } from '../recovery/served-service.ts';
import { UsageError } from '../arguments/usage-error.ts';

const MAX_RATE = 1_000_000;
const MIGRATIONS = ['auto', 'never', 'only'] as const;

/**
 * How long a call is tried again while the store cannot serve it, in milliseconds. With the try that is at work
 * then, a client has its 503 within 2 s; our own give up after 5 s, proxies after 3 s.
 */
const STORE_PATIENCE_MS = 800;

/** `serve`: runs the service until a signal ends it. */
export const serveCommand = trackerCommand({
  name: 'serve',
  summary: 'Answer the lineage API over HTTP, for yourself or a team.',
  examples: [
    'pattern-tracker serve',
    `PATTERN_TRACKER_DATABASE=postgres://tracker:…@db/tracker \\
  pattern-tracker serve --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem \\
  --allowed-host tracker.example.com`,
  ],
  details: `People open its address in a browser, sign in with a token, and see what was written; programs use the API,
which /docs describes. The store is this installation's tracker.db, another SQLite file, or PostgreSQL, which any number of
processes can share. Put an address with a password into PATTERN_TRACKER_DATABASE (PATTERN_TRACKER_READ_DATABASE), because every user of
the machine can see arguments. On loopback the service is open until the first token is created; on any
other address it needs tokens and TLS. On SIGTERM it answers the requests it has begun and ends with exit
code 0; on SIGHUP it reads the files of TLS and of the metrics token again. Errors are logged to standard error, with --log
requests too; on a terminal as text, else as JSON lines.`,
  json: `{url, database} when it is ready; {database} with --migrate only; with --install-unit {unit, next:
what to run}.`,
  args: {
    host: { type: 'string', default: '127.0.0.1', description: 'Address to listen on' },
    port: { type: 'string', default: '8053', description: 'Port to listen on; 0 is any free one' },
    database: {
      type: 'string',
      valueHint: 'path|postgres://…',
      description: 'Where patterns are kept; default PATTERN_TRACKER_DATABASE, else tracker.db',
    },
    'read-database': {
      type: 'string',
      valueHint: 'postgres://…',
      description:
        'A streaming standby that answers questions; default PATTERN_TRACKER_READ_DATABASE',
    },
    migrate: {
      type: 'string',
      valueHint: 'when',
      default: 'auto',
      description:
        'auto; never: fail if the tables are of another version; only: change them and end',
    },
    'tls-cert': { type: 'string', valueHint: 'file', description: 'Certificate chain, PEM' },
    'tls-key': { type: 'string', valueHint: 'file', description: 'Its key, PEM' },
    'allowed-host': {
      type: 'string',
      valueHint: 'names',
      description: 'Host names that clients may use for it, separated by commas',
    },
    'allow-insecure': {
      type: 'boolean',
      description: 'Serve other addresses without TLS, behind a proxy that has it',
    },
    'trusted-proxy': {
      type: 'string',
      valueHint: 'addresses',
      description:
        'Proxies whose X-Forwarded-For or Forwarded counts: addresses, networks (10.0.0.0/8)',
    },
    'metrics-token-file': {
      type: 'string',
      valueHint: 'file',
      description: 'Holds a secret that opens /metrics without the database',
    },
    'sign-in': {
      type: 'string',
      valueHint: 'file',
      description: 'Who signs in to the pages with an account of an OpenID Connect provider, YAML',
    },
    'rate-limit': {
      type: 'string',
      valueHint: 'n',
      default: '1000',
      description: 'Requests a minute for each token, or address; 0 is no limit',
    },
    'tenant-rate-limit': {
      type: 'string',
      valueHint: 'n',
      default: '0',
      description: 'Requests a minute for each tenant, whatever its tokens; 0 is no limit',
    },
    log: { type: 'boolean', description: 'Log every request, and starts and stops' },
    'log-level': {
      type: 'string',
      valueHint: 'level',
      description: 'debug, info, warn, error or silent (default info with --log, else warn)',
    },
    'install-unit': {
      type: 'boolean',
      description: 'Have systemd or launchd run it with these options, instead of running it',
    },
    ...common.jsonArg,
  },
  async run(args, cli) {
    const port = whole('--port', args.port, 65_535);
    const rateLimit = whole('--rate-limit', args['rate-limit'], MAX_RATE);
    const tenantRateLimit = whole('--tenant-rate-limit', args['tenant-rate-limit'], MAX_RATE);
    const tls = tlsFiles(args['tls-cert'], args['tls-key']);
    if (args['install-unit']) {
      const { installUnit } = await import('../supervision/install-unit.ts');
      const { path, next } = installUnit(cli, unitOptions(args));
      if (args.json) printJson(cli, { unit: path, next });
      else cli.out(`Written: ${path}\nNow run:\n${next.map((line) => `  ${line}\n`).join('')}`);
      return;
    }
    const [
      { createServiceLog, LOG_LEVELS },
      { startService },
      opening,
      { ScrapeCredential },
      { watchService },
    ] = await Promise.all([
      import('../../service/service-log.ts'),
      import('../../service/service.ts'),
      import('../../service/store/store-opening.ts'),
      import('../../service/auth/scrape-credential.ts'),
      import('../alerts/service-watch.ts'),
    ]);
    const wanted = args['log-level'] ?? (args.log ? 'info' : 'warn');
    const level = LOG_LEVELS.find((known) => known === wanted);
    if (!level) {
      throw new UsageError(`--log-level is "${wanted}"`, `Expected ${LOG_LEVELS.join(', ')}.`);
    }
    const metricsFile = args['metrics-token-file'];
    const scrape = metricsFile === undefined ? undefined : new ScrapeCredential(metricsFile);
    const migrate = MIGRATIONS.find((known) => known === args.migrate);
    if (!migrate) {
      throw new UsageError(`--migrate is "${args.migrate}"`, `Expected ${MIGRATIONS.join(', ')}.`);
    }
    const place = databasePlace(args.database, cli);
    const readUrl = namedPlace('read-database', args['read-database'], cli);
    const log = createServiceLog({
      level,
      withRequests: args.log ?? false,
      stream: cli.isErrTTY ? forPeople(cli) : undefined,
    });
    const redactor = await openRedactor(await ownRedaction(cli.paths));
    log.info('opening', { store: opening.placeForPeople(place) });
    const store = await opening.openServiceStore(place, {
      patienceMs: STORE_PATIENCE_MS,
      migrate: migrate === 'never' ? 'never' : 'auto',
      readUrl: migrate === 'only' ? undefined : readUrl,
    });
    if (migrate === 'only') {
      await store.close();
      const database = opening.placeForPeople(place);
      if (args.json) printJson(cli, { database });
      else cli.out(`${database} has the tables of this version.\n`);
      return;
    }
    const signal = cli.interruption(); // from here on a signal shuts the service down in order
    const service = await startService({
      store,
      log,
      redactor,
      tls,
      port,
      rateLimit,
      tenantRateLimit,
      scrape,
      host: args.host,
      allowedHosts: listOf(args['allowed-host']),
      trustedProxies: listOf(args['trusted-proxy']),
      allowInsecure: args['allow-insecure'] ?? false,
      withProcessMetrics: true,
      pages: await teamPages(cli, await signInBy(args['sign-in'])),
    }).catch(async (error: unknown) => {
      await store.close();
      throw error;
    });
    const reload = () => {
      try {
        service.reloadFiles();
      } catch (error) {
        log.error('files could not be read again', error);
      }
    };
    process.on('SIGHUP', reload);
    const watch = await watchService(cli, () => service.figures());
    try {
      const { port: listening } = new URL(service.url);
      noteServed(cli, { ...args, port: listening }, serveCommand.args); // before it is said, so that it holds from then on
      const database = opening.placeForPeople(place);
      if (args.json) printJson(cli, { url: service.url, database });
      else cli.out(`Serving ${database} at ${service.url}\n`);
      if (!signal.aborted) await once(signal, 'abort');
    } finally {
      process.off('SIGHUP', reload);
      await watch.end();
      await service.close().catch((error: unknown) => cli.err(`error: ${errorMessage(error)}\n`));
    }
  },
});

/**
 * Where the service's store is: `given`, else PATTERN_TRACKER_DATABASE, else this installation's
 * tracker.db.
 *
 * @throws UsageError when the option or the variable is set but empty; TrackerError E_ENVIRONMENT when the
 *   variable counts inside a Claude Code session
 */
export function databasePlace(
  given: string | undefined,
  cli: Pick<CliEnvironment, 'env' | 'paths'>,
): string {
  return namedPlace('database', given, cli) ?? cli.paths.database;
}

// --- internal ---

/** The pages for people; none where the program was installed without its dashboard. */
async function teamPages(cli: CliEnvironment, oidc: OidcSignIn | undefined) {
  const [{ Assets }, { teamRoutes }, { assetFolder }] = await Promise.all([
    import('../../dashboard/server/assets.ts'),
    import('../../dashboard/team/team-routes.tsx'),
    import('../dashboard/asset-folder.ts'),
  ]);
  try {
    return teamRoutes(new Assets(assetFolder(cli.program)), cli.now, oidc);
  } catch (error) {
    if (error instanceof TrackerError && error.code === 'E_DASHBOARD_FILES') return [];
    throw error;
  }
}

/** The provider that a file names; none without a file. @throws TrackerError E_SIGN_IN_FILE */
async function signInBy(file: string | undefined): Promise<OidcSignIn | undefined> {
  if (file === undefined) return undefined;
  const [{ OidcSignIn: Provider }, { readSignInFile }] = await Promise.all([
    import('../../service/auth/oidc/oidc-sign-in.ts'),
    import('../../service/auth/oidc/sign-in-file.ts'),
  ]);
  return new Provider(readSignInFile(file));
}

/** What is given for an option that names a database, else what its variable says. */
function namedPlace(
  option: 'database' | 'read-database',
  given: string | undefined,
  { env }: Pick<CliEnvironment, 'env'>,
): string | undefined {
  const variable = `PATTERN_TRACKER_${option.replace('-', '_').toUpperCase()}`;
  const named = given ?? env[variable];
  if (named === '') {
    // A secret that was not filled in must not make the service write to the user's own tracker.db.
    throw new UsageError(
      given === '' ? `--${option} is empty` : `${variable} is set and empty`,
      option === 'database'
        ? 'Name a path or postgres://…, or leave it out for tracker.db.'
        : 'Name postgres://…, or leave it out.',
    );
  }
  if (given === undefined && named !== undefined && isInClaudeSession(env)) {
    throw new TrackerError(
      'E_ENVIRONMENT',
      `${variable} would decide where data go, and inside a Claude Code session a project can set that`,
      { hint: `Name the place with --${option}.` },
    );
  }
  return named;
}

/** The options as they were given, but for those that are about this call alone. Files are named as a unit finds them. */
function unitOptions(args: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(args).flatMap(([name, value]) => {
    if (name === '_' || name === 'install-unit' || name === 'json' || /[A-Z]/.test(name)) return [];
    if (value === true) return [`--${name}`];
    if (typeof value !== 'string') return [];
    const isFile = FILES.has(name) || (name === 'database' && !value.includes('://'));
    return [`--${name}`, isFile ? resolve(value) : value];
  });
}

const FILES: ReadonlySet<string> = new Set(['tls-cert', 'tls-key', 'metrics-token-file']);

/** The words between commas or spaces. */
function listOf(text = ''): string[] {
  return text.split(/[,\s]+/).filter(Boolean);
}

/** Makes lines of text of the log's JSON lines. */
function forPeople(cli: CliEnvironment) {
  const color = wantsColor(cli.env, cli.isErrTTY);
  return { write: (line: string) => cli.err(serviceLogText(readEntry(line.trimEnd()), color)) };
}

function whole(option: string, text: string, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value <= max) return value;
  throw new UsageError(`${option} is "${text}"`, `Expected a whole number, 0 to ${max}.`);
}

function tlsFiles(certFile: string | undefined, keyFile: string | undefined) {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile };
  throw new UsageError('--tls-cert and --tls-key go together');
}
