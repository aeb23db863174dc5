import { readFileSync } from 'node:fs';
import { errorMessage, TrackerError } from '../../../../base/errors.ts';

/** One of the servers that a URL names. */
export interface PostgresHost {
  readonly host: string;
  readonly port: number;
}

/** What a `postgres://` URL says. */
export interface PostgresTarget {
  /** Tried in this order. */
  readonly hosts: readonly PostgresHost[];
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly tls: boolean | 'prefer' | 'require' | TlsOptions;
  /** What the URL says; otherwise, if it names several hosts, what `parsePostgresUrl` was told. */
  readonly sessionAttributes: SessionAttributes | undefined;
  /** The most connections: `pool_size`, a parameter of ours. @default 10 */
  readonly poolSize: number;
  /** Whether statements are prepared once a connection: `prepare`, a parameter of ours. @default unless a pooler stands between */
  readonly prepares: boolean | undefined;
  /** Settings of the session, such as `application_name` or `search_path`. */
  readonly settings: Readonly<Record<string, string>>;
  /** For people: the hosts and the database, never the password. */
  readonly label: string;
}

/** How the server's certificate is checked, as `node:tls` takes it. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized: boolean;
  /** Set for `verify-ca`, which ignores the name in the certificate. */
  readonly checkServerIdentity?: () => undefined;
}

/** Which of several servers is acceptable, in libpq's words. */
export type SessionAttributes = (typeof SESSION_ATTRIBUTES)[number];

/**
 * Reads `postgres://user:password@host:port,host:port/database?sslmode=…` as libpq does.
 *
 * @param ofSeveral which of several hosts will do, if the URL does not say
 * @throws TrackerError E_DATABASE_URL when it is not valid; the message does not repeat the URL
 */
export function parsePostgresUrl(
  text: string,
  ofSeveral: SessionAttributes | 'any' = 'read-write',
): PostgresTarget {
  const match = URL_PARTS.exec(text);
  if (!match?.groups) throw invalid('it does not begin with postgres://');
  const { login, authority = '', database, query } = match.groups;
  const [user, password] = split(login ?? '', ':').map(decode);
  const parameters = new Map(new URLSearchParams(query ?? ''));
  const take = (name: string): string | undefined => {
    const value = parameters.get(name);
    parameters.delete(name);
    return value;
  };
  if (database?.includes('@')) throw invalid('a / in the password is written %2F');
  const port = Number(take('port') ?? DEFAULT_PORT);
  const hosts = (take('host') ?? authority).split(',').map((each) => readHost(each, port));
  const tls = readTls({
    mode: take('sslmode') ?? 'prefer',
    ca: take('sslrootcert'),
    cert: take('sslcert'),
    key: take('sslkey'),
  });
  const wanted = take('target_session_attrs') ?? (hosts.length > 1 ? ofSeveral : 'any');
  const attributes = wanted === 'any' ? undefined : wanted;
  if (attributes !== undefined && !isSessionAttributes(attributes)) {
    throw invalid(`target_session_attrs cannot be "${attributes}"`);
  }
  const poolSize = Number(take('pool_size') ?? DEFAULT_POOL_SIZE);
  if (!Number.isSafeInteger(poolSize) || poolSize < 1) throw invalid('pool_size is no number');
  const prepare = take('prepare');
  if (prepare !== undefined && prepare !== 'true' && prepare !== 'false') {
    throw invalid('prepare is true or false');
  }
  for (const each of OF_LIBPQ) take(each);
  const limit = Number(parameters.get('statement_timeout') ?? MIN_STATEMENT_MS);
  if (limit > 0 && limit < MIN_STATEMENT_MS) {
    throw invalid(
      `statement_timeout is in milliseconds, and below ${MIN_STATEMENT_MS} nothing works`,
    );
  }
  const name = database ? decode(database) : undefined;
  const where = hosts.map(({ host, port }) => `${host}:${port}`).join(',');
  return {
    hosts,
    user: user || undefined,
    password: password || undefined,
    database: name,
    tls,
    sessionAttributes: attributes,
    poolSize,
    prepares: prepare === undefined ? undefined : prepare === 'true',
    settings: Object.fromEntries(parameters),
    label: `${where}/${name ?? ''}`,
  };
}

// --- internal ---

const URL_PARTS =
  /^postgres(?:ql)?:\/\/(?:(?<login>[^/?#]*)@)?(?<authority>[^@/?#]*)(?:\/(?<database>[^?#]*))?(?:\?(?<query>[^#]*))?$/i;
const DEFAULT_PORT = 5432;
const DEFAULT_POOL_SIZE = 10;
const MIN_STATEMENT_MS = 1_000;

/** Parameters that providers write into their URLs and only libpq knows: the server would refuse them. */
const OF_LIBPQ = [
  'channel_binding',
  'connect_timeout',
  'gssencmode',
  'keepalives',
  'keepalives_count',
  'keepalives_idle',
  'keepalives_interval',
  'load_balance_hosts',
  'sslcompression',
  'sslnegotiation',
  'tcp_user_timeout',
];

const SESSION_ATTRIBUTES = [
  'read-write',
  'read-only',
  'primary',
  'standby',
  'prefer-standby',
] as const;

function isSessionAttributes(text: string): text is SessionAttributes {
  return SESSION_ATTRIBUTES.some((each) => each === text);
}

/** `host`, `host:port`, `[::1]:port`, or the folder of a socket. */
function readHost(text: string, defaultPort: number): PostgresHost {
  const decoded = decode(text);
  if (decoded.startsWith('/')) return { host: decoded, port: defaultPort };
  const match = /^(?:\[(?<six>[^\]]+)\]|(?<name>[^:]*))(?::(?<port>\d{1,5}))?$/.exec(decoded);
  if (!match?.groups) throw invalid('the host cannot be understood');
  const { six, name, port } = match.groups;
  return { host: six ?? (name || 'localhost'), port: port ? Number(port) : defaultPort };
}

function readTls(options: {
  readonly mode: string;
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}): PostgresTarget['tls'] {
  const { mode, ca, cert, key } = options;
  const files = {
    ...(ca !== undefined && ca !== 'system' && { ca: readPem('sslrootcert', ca) }),
    ...(cert !== undefined && { cert: readPem('sslcert', cert) }),
    ...(key !== undefined && { key: readPem('sslkey', key) }),
  };
  switch (mode) {
    case 'disable':
      return false;
    case 'allow':
    case 'prefer':
      return 'prefer';
    case 'require':
      if (Object.keys(files).length === 0) return 'require';
      return { ...files, rejectUnauthorized: files.ca !== undefined }; // so does libpq
    case 'verify-ca':
      return { ...files, rejectUnauthorized: true, checkServerIdentity: () => undefined };
    case 'verify-full':
      return { ...files, rejectUnauthorized: true };
    default:
      throw invalid(`sslmode cannot be "${mode}"`);
  }
}

function readPem(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw invalid(`${name} cannot be read: ${errorMessage(error)}`);
  }
}

function split(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a bare % in a password
  }
}

/** Does not repeat the URL, which may contain a password. */
function invalid(why: string): TrackerError {
  return new TrackerError('E_DATABASE_URL', `The URL of the database is not valid: ${why}`, {
    hint: 'Write postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full.',
  });
}
