import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PASSWORD, variables } from './configuration.ts';
import type { Configuration } from './configuration.ts';
import type { ClusterNetwork } from './network.ts';
import { Program, PROGRAMS } from './program.ts';

/** What Patroni says of a member. */
export type NodeRole = 'primary' | 'synchronous standby' | 'standby' | 'away';

/** One of the machines with PostgreSQL, Patroni and etcd. */
export class DatabaseNode {
  readonly number: number;
  readonly address: string;
  readonly etcd: Program;
  readonly patroni: Program;
  readonly #configuration: Configuration;
  readonly #network: ClusterNetwork;

  constructor(number: number, configuration: Configuration, network: ClusterNetwork) {
    this.number = number;
    this.address = network.addresses[number] ?? '';
    this.#configuration = configuration;
    this.#network = network;
    const folder = configuration.nodeFolder(number);
    const etcd = configuration.ofNode('etcd.env', number);
    const patroni = configuration.ofNode('patroni.yml', number);
    configuration.ofNode('pgbackrest.conf', number);
    configuration.socketFolder(number);
    // This run's machine also has other work, and etcd would change its leader whenever a disk is slow.
    const patience = { ETCD_HEARTBEAT_INTERVAL: '300', ETCD_ELECTION_TIMEOUT: '3000' };
    this.etcd = new Program(network.on(number, ['etcd']), join(folder, 'etcd.log'), {
      ...variables(etcd),
      ...patience,
    });
    this.patroni = new Program(
      network.on(number, ['patroni', patroni]),
      join(folder, 'patroni.log'),
      { PGPASSWORD: PASSWORD },
    );
  }

  get name(): string {
    return `node-${this.number + 1}`;
  }

  start(): void {
    this.etcd.start();
    this.patroni.start();
  }

  /** As when the power goes: all of it at once. */
  async die(): Promise<void> {
    await Promise.all([this.patroni.stop('SIGKILL'), this.etcd.stop('SIGKILL')]);
    this.killPostgres();
  }

  /** Kills the server that the node's file names; false if there is none. */
  killPostgres(): boolean {
    const pid = this.#postmaster();
    if (pid === undefined) return false;
    try {
      process.kill(pid, 'SIGKILL');
      return true;
    } catch {
      return false;
    }
  }

  /** What the node itself says it is. */
  async role(): Promise<NodeRole> {
    try {
      const [curl = '', ...args] = this.#network.on(this.number, [
        'curl',
        '--silent',
        '--max-time',
        '3',
        `http://${this.address}:8008/patroni`,
      ]);
      const {
        role,
        state,
        sync_standby: isSync,
      } = JSON.parse(
        execFileSync(curl, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
      ) as { role?: string; state?: string; sync_standby?: boolean };
      if (state !== 'running' && state !== 'streaming') return 'away';
      if (role === 'master' || role === 'primary') return 'primary';
      return isSync ? 'synchronous standby' : 'standby';
    } catch {
      return 'away';
    }
  }

  /** Runs a program on the node, as PostgreSQL's user. @throws Error with what it said */
  run(command: readonly string[]): string {
    const [program = '', ...args] = this.#network.on(this.number, command);
    return execFileSync(program, args, {
      encoding: 'utf8',
      env: { PATH: PROGRAMS, PGPASSWORD: PASSWORD, LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Lets PostgreSQL replay what was restored to its end, without Patroni, and stops it. */
  recover(): void {
    const data = this.#configuration.dataFolder(this.number);
    const log = join(this.#configuration.nodeFolder(this.number), 'recovery.log');
    const options = `-c listen_addresses= -c unix_socket_directories=${this.#configuration.socketFolder(this.number)}`;
    this.run(['pg_ctl', '-D', data, '-l', log, '-o', options, '-w', '-t', '120', 'start']);
    const ask = ['psql', '-h', this.#configuration.socketFolder(this.number), '-U', 'postgres'];
    for (let n = 0; n < 300; n += 1) {
      if (this.run([...ask, '-Atc', 'SELECT pg_is_in_recovery()']).trim() === 'f') break;
      this.run(['sleep', '0.5']);
    }
    this.run(['pg_ctl', '-D', data, '-m', 'fast', '-w', 'stop']);
  }

  pgbackrest(...args: readonly string[]): string {
    const config = join(this.#configuration.nodeFolder(this.number), 'pgbackrest.conf');
    return this.run(['pgbackrest', `--config=${config}`, '--stanza=pattern-tracker', ...args]);
  }

  #postmaster(): number | undefined {
    try {
      const file = join(this.#configuration.dataFolder(this.number), 'postmaster.pid');
      const pid = Number(readFileSync(file, 'utf8').split('\n', 1)[0]);
      return Number.isInteger(pid) && pid > 1 ? pid : undefined;
    } catch {
      return undefined;
    }
  }
}
