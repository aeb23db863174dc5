import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverUser } from './network.ts';

/** The password in the files of deploy/cluster/. */
export const PASSWORD = 'not-a-password';

/** Writes the files of deploy/cluster/ with the addresses and folders of a run. Nothing else of them is changed. */
export class Configuration {
  readonly #root: string;
  readonly #addresses: readonly string[];

  constructor(root: string, addresses: readonly string[]) {
    this.#root = root;
    this.#addresses = addresses;
  }

  /** A folder that the servers may write. */
  folder(...parts: readonly string[]): string {
    const user = serverUser();
    let path = this.#root;
    for (const part of parts) {
      path = join(path, part);
      mkdirSync(path, { recursive: true, mode: 0o700 });
      if (user) chownSync(path, user.uid, user.gid);
    }
    return path;
  }

  /** Where the files of a node are. */
  nodeFolder(node: number): string {
    return this.folder(`node-${node + 1}`);
  }

  dataFolder(node: number): string {
    return join(this.nodeFolder(node), 'data');
  }

  socketFolder(node: number): string {
    return this.folder(`node-${node + 1}`, 'run');
  }

  /** Writes a file of a node, and returns its path. */
  ofNode(name: string, node: number): string {
    const lines = sample(name)
      .split('\n')
      .map((line) =>
        OF_ALL_NODES.test(line) ? line : line.replaceAll('node-1', `node-${node + 1}`),
      );
    return this.#write(join(this.nodeFolder(node), name), this.#placed(lines.join('\n'), node));
  }

  /** Writes a file of the machine that the service runs on, and returns its path. */
  ofService(name: string, changes: Readonly<Record<string, string>> = {}): string {
    let text = this.#placed(sample(name), 0);
    for (const [from, to] of Object.entries(changes)) text = text.replaceAll(from, to);
    return this.#write(join(this.folder('service'), name), text);
  }

  #placed(text: string, node: number): string {
    const folders: readonly (readonly [string, string])[] = [
      ['/var/lib/postgresql/15/pattern-tracker', this.dataFolder(node)],
      ['/var/lib/postgresql/15/pgpass', join(this.nodeFolder(node), 'pgpass')],
      ['/var/run/postgresql', this.socketFolder(node)],
      ['/var/lib/etcd/pattern-tracker', join(this.nodeFolder(node), 'etcd')],
      ['/var/lib/pgbackrest', this.folder('repository')],
      ['/var/log/pgbackrest', this.folder(`node-${node + 1}`, 'log')],
      ['/tmp/pgbackrest', this.folder(`node-${node + 1}`, 'lock')],
      ['/etc/pgbouncer/userlist.txt', join(this.#root, 'service', 'userlist.txt')],
      [
        'pgbackrest --stanza',
        `pgbackrest --config=${join(this.nodeFolder(node), 'pgbackrest.conf')} --stanza`,
      ],
    ];
    let placed = text;
    for (const [from, to] of folders) placed = placed.replaceAll(from, to);
    for (const [index, address] of this.#addresses.entries())
      placed = placed.replaceAll(`node-${index + 1}:`, `${address}:`);
    return placed;
  }

  #write(path: string, text: string): string {
    writeFileSync(path, text, { mode: 0o600 });
    const user = serverUser();
    if (user) chownSync(path, user.uid, user.gid);
    return path;
  }
}

/** The variables of a file of `NAME=value`. */
export function variables(path: string): Record<string, string> {
  const lines = readFileSync(path, 'utf8').split('\n');
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value ?? '']];
    }),
  );
}

// --- internal ---

/** Lines that name all nodes, on each node. */
const OF_ALL_NODES = /^(?:ETCD_INITIAL_CLUSTER=|\s+hosts:|#)/;

function sample(name: string): string {
  return readFileSync(new URL(`../../deploy/cluster/${name}`, import.meta.url), 'utf8');
}
