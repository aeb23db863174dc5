// A real PgBouncer on loopback in front of a test's PostgreSQL, in transaction mode.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PgBouncer {
  /** Where the database of a URL is reached through it. */
  through(url: string): string;
  stop(): Promise<void>;
}

/** Whether it is installed; says so where it is not. */
export function hasPgBouncer(): boolean {
  const isThere = spawnSync('pgbouncer', ['--version']).status === 0;
  if (!isThere) process.stderr.write('skipped: pgbouncer is not installed\n');
  return isThere;
}

/** Starts one that has `servers` connections to the PostgreSQL of `url` for each of its databases. */
export async function startPgBouncer(url: string, servers: number): Promise<PgBouncer> {
  const { hostname, port: serverPort, username, password } = new URL(url);
  const folder = mkdtempSync(join(tmpdir(), 'pgbouncer-'));
  const port = await freePort();
  const settings = [
    `listen_port = ${port}`,
    `default_pool_size = ${servers}`,
    `auth_file = ${join(folder, 'userlist.txt')}`,
  ];
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(
    file,
    `[databases]\n* = host=${hostname} port=${serverPort}\n${SETTINGS}${settings.join('\n')}\n`,
  );
  writeFileSync(join(folder, 'userlist.txt'), `"${username}" "${decodeURIComponent(password)}"\n`);
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;
  if (user) chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o755);
  const child = spawn('pgbouncer', [file], { ...user, stdio: ['ignore', 'ignore', 'pipe'] });
  const exit = once(child, 'exit');
  let log = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes('process up')) resolve();
    });
    void exit.then(() => reject(new Error(`PgBouncer ended:\n${log}`)), reject);
  });
  return {
    through: (database) => {
      const { pathname } = new URL(database);
      return `postgres://${username}:${password}@127.0.0.1:${port}${pathname}`;
    },
    stop: async () => {
      child.kill('SIGTERM');
      await exit;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// --- internal ---

/** What docs/postgresql.md says that it needs; connections end soon, because each test has a database of its own. */
const SETTINGS = `[pgbouncer]
listen_addr = 127.0.0.1
unix_socket_dir =
auth_type = scram-sha-256
pool_mode = transaction
server_idle_timeout = 1
ignore_startup_parameters = statement_timeout,idle_in_transaction_session_timeout,jit,random_page_cost
`;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
