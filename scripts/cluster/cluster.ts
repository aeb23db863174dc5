import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import postgres from 'postgres';
import { InvariantError } from '../../lib/base/errors.ts';
import { endProcessesNaming } from '../../test/processes/tracker-home.ts';
import { ServiceProcess } from '../../test/support/service-process.ts';
import { until } from '../../test/support/until.ts';
import { Configuration, PASSWORD } from './configuration.ts';
import { DatabaseNode } from './database-node.ts';
import type { LoadApi, LoadTarget } from './load.ts';
import { openNetwork } from './network.ts';
import type { ClusterNetwork } from './network.ts';
import { Program } from './program.ts';

const NODES = 3;
const REPLICAS = 3;

/** Three nodes with PostgreSQL, and what stands between them and the couriers. */
export class Cluster implements LoadTarget {
  readonly nodes: readonly DatabaseNode[];
  readonly network: ClusterNetwork;
  readonly services: readonly ServiceProcess[];
  readonly haproxy: Program;
  readonly pgbouncer: Program;
  /** The address of the service, behind HAProxy. */
  readonly url: string;
  readonly #root: string;
  readonly #primaryUrl: string;
  readonly #dataFolder: (node: number) => string;

  private constructor(root: string, network: ClusterNetwork, ports: readonly string[]) {
    this.#root = root;
    this.network = network;
    const configuration = new Configuration(root, network.addresses);
    this.#dataFolder = (node) => configuration.dataFolder(node);
    this.nodes = network.addresses.map(
      (_, number) => new DatabaseNode(number, configuration, network),
    );
    const [primary = '', pooled = '', front = '', ...services] = ports;
    const places = {
      '127.0.0.1:5000': `127.0.0.1:${primary}`,
      'port=5000': `port=${primary}`,
      'listen_port = 6432': `listen_port = ${pooled}`,
      '127.0.0.1:8443': `127.0.0.1:${front}`,
      ...Object.fromEntries(
        services.map((port, index) => [`127.0.0.1:${8053 + index}`, `127.0.0.1:${port}`]),
      ),
    };
    const file = (name: string) => configuration.ofService(name, places);
    file('userlist.txt');
    const log = (name: string) => join(root, 'service', `${name}.log`);
    const [program, ...args] = ['haproxy', '-db', '-f', file('haproxy.cfg')];
    this.haproxy = new Program([program ?? '', ...args], log('haproxy'));
    const bouncer = ['pgbouncer', file('pgbouncer.ini')];
    const asUser =
      process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--clear-groups', '--'] : [];
    this.pgbouncer = new Program([...asUser, ...bouncer], log('pgbouncer'));
    this.url = `http://127.0.0.1:${front}`;
    this.#primaryUrl = `postgres://postgres:${PASSWORD}@127.0.0.1:${primary}`;
    const database = `postgres://tracker:${PASSWORD}@127.0.0.1:${pooled}/tracker`;
    this.services = services.map(
      (port) => new ServiceProcess(database, { port, logLevel: 'silent' }),
    );
  }

  /** Takes half a minute. @throws Error when a part of it does not come up */
  static async start(onStep: (step: string) => void): Promise<Cluster> {
    const root = mkdtempSync(join(tmpdir(), 'pattern-tracker-cluster-'));
    chmodSync(root, 0o755); // the servers run as another user
    const network = await openNetwork(NODES);
    const ports: string[] = [];
    while (ports.length < REPLICAS + 3) ports.push(await freePort());
    const cluster = new Cluster(root, network, ports);
    try {
      onStep('starting etcd, Patroni and PostgreSQL on three nodes');
      for (const node of cluster.nodes) node.etcd.start();
      for (const node of cluster.nodes) node.patroni.start();
      await cluster.isWhole();
      cluster.haproxy.start();
      onStep('making the database');
      await cluster.#makeDatabase();
      cluster.pgbouncer.start();
      onStep('starting three replicas of the service');
      for (const service of cluster.services) await service.start();
      await until(async () => (await fetch(`${cluster.url}/health`)).ok, 'HAProxy has a replica');
      return cluster;
    } catch (error) {
      for (const { patroni } of cluster.nodes) process.stderr.write(`${patroni.lastWords()}\n`);
      await cluster.remove();
      throw error;
    }
  }

  /** Waits until there is a primary, and each other node follows it. */
  async isWhole(): Promise<void> {
    await until(async () => {
      const roles = await Promise.all(this.nodes.map(async (node) => node.role()));
      return (
        roles.filter((role) => role === 'primary').length === 1 &&
        roles.filter((role) => role === 'synchronous standby').length === 1 &&
        !roles.includes('away')
      );
    }, 'the cluster is whole');
  }

  /** The service behind HAProxy, which asks for no token on loopback. */
  api(): LoadApi {
    return { base_url: this.url };
  }

  /** The primary now. @throws Error when there is none */
  async primary(): Promise<DatabaseNode> {
    for (const node of this.nodes) if ((await node.role()) === 'primary') return node;
    throw new InvariantError('there is no primary');
  }

  async follower(): Promise<DatabaseNode> {
    for (const node of this.nodes) if ((await node.role()) === 'synchronous standby') return node;
    throw new InvariantError('there is no synchronous standby');
  }

  /** Asks the primary, through HAProxy. */
  async query<Row extends object>(sql: string, database = 'tracker'): Promise<readonly Row[]> {
    const connection = postgres(`${this.#primaryUrl}/${database}`, {
      max: 1,
      onnotice: () => {},
      connect_timeout: 5,
    });
    try {
      return (await connection.unsafe(sql)) as unknown as readonly Row[];
    } finally {
      await connection.end({ timeout: 1 });
    }
  }

  /** Restores the whole cluster to a moment: the primary from the repository, the others from the primary. */
  async restoreTo(moment: string): Promise<void> {
    const primary = await this.primary();
    for (const { patroni } of this.nodes) await patroni.stop();
    for (const { number } of this.nodes) {
      if (number !== primary.number)
        rmSync(this.#dataFolder(number), { recursive: true, force: true });
    }
    primary.pgbackrest(
      '--delta',
      '--type=time',
      `--target=${moment}`,
      '--target-action=promote',
      'restore',
    );
    // PostgreSQL recovers before Patroni takes over, so that Patroni finds a primary of a new timeline.
    primary.recover();
    for (const node of this.nodes) node.patroni.start();
    await this.isWhole();
  }

  async remove(): Promise<void> {
    for (const service of this.services) await service.remove();
    await this.pgbouncer.stop('SIGKILL');
    await this.haproxy.stop('SIGKILL');
    for (const node of this.nodes) await node.die();
    await endProcessesNaming(this.#root);
    this.network.remove();
    rmSync(this.#root, { recursive: true, force: true });
  }

  async #isPrimaryBehindHaproxy(): Promise<boolean> {
    try {
      const [row] = await this.query<{ standby: boolean }>(
        'SELECT pg_is_in_recovery() AS standby',
        'postgres',
      );
      return row?.standby === false;
    } catch {
      return false;
    }
  }

  async #makeDatabase(): Promise<void> {
    // HAProxy takes each node for the primary until it has asked.
    let primaries = 0;
    await until(async () => {
      await setTimeout(500);
      primaries = (await this.#isPrimaryBehindHaproxy()) ? primaries + 1 : 0;
      return primaries > 5;
    }, 'the primary answers behind HAProxy');
    (await this.primary()).pgbackrest('stanza-create');
    await this.query(`CREATE ROLE tracker LOGIN PASSWORD '${PASSWORD}'`, 'postgres');
    await this.query(
      "CREATE DATABASE tracker OWNER tracker ENCODING 'UTF8' TEMPLATE template0",
      'postgres',
    );
  }
}

// --- internal ---

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return String(port);
}
