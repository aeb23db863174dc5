import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { until } from '../../test/support/until.ts';

/** Tells a run that it has a network of its own. */
export const OWN_NETWORK = 'PATTERN_TRACKER_OWN_NETWORK';

/** How the nodes reach each other, and how one of them is cut off. */
export interface ClusterNetwork {
  readonly addresses: readonly string[];
  /** False where nodes share the network of this machine. */
  readonly canCut: boolean;
  /** A command as it runs on a node, as a user without rights. */
  on(node: number, command: readonly string[]): readonly string[];
  cut(node: number): void;
  mend(node: number): void;
  remove(): void;
}

/**
 * The network of this run. As root with namespaces, each node has one of its own, joined by a bridge that nothing outside
 * of this run sees; otherwise the nodes are addresses of the loopback device.
 */
export async function openNetwork(nodes: number): Promise<ClusterNetwork> {
  const numbers = Array.from({ length: nodes }, (_, index) => index);
  if (process.env[OWN_NETWORK] === undefined) {
    return {
      addresses: numbers.map((node) => `127.0.0.1${node + 1}`),
      canCut: false,
      on: (_, command) => command,
      cut: () => {},
      mend: () => {},
      remove: () => {},
    };
  }
  ip('link set lo up');
  ip('link add cluster type bridge');
  ip(`addr add ${SUBNET}.1/24 dev cluster`);
  ip('link set cluster up');
  const holders: ChildProcess[] = [];
  for (const node of numbers) holders.push(await openNode(node));
  const user = ['postgres', 'nobody'].find((name) => userId(name) !== undefined) ?? 'nobody';
  const as = ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--'];
  return {
    addresses: numbers.map((node) => `${SUBNET}.1${node + 1}`),
    canCut: true,
    on: (node, command) => [
      'nsenter',
      `--net=/proc/${holders[node]?.pid}/ns/net`,
      '--',
      ...as,
      ...command,
    ],
    cut: (node) => ip(`link set node${node + 1} down`),
    mend: (node) => ip(`link set node${node + 1} up`),
    remove: () => {
      for (const holder of holders) holder.kill('SIGKILL');
    },
  };
}

/** The user that the servers of the cluster run as, since PostgreSQL refuses root; undefined for this one. */
export function serverUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const uid = userId('postgres') ?? userId('nobody') ?? 65_534;
  return { uid, gid: uid };
}

// --- internal ---

const SUBNET = '10.77.0';

async function openNode(node: number): Promise<ChildProcess> {
  const holder = spawn('unshare', ['--net', 'sleep', 'infinity'], { stdio: 'ignore' });
  const own = readlinkSync('/proc/self/ns/net');
  const { pid } = holder;
  await until(() => readlinkSync(`/proc/${pid}/ns/net`) !== own, 'a node has its network');
  const name = `node${node + 1}`;
  ip(`link add ${name} type veth peer name eth0 netns ${pid}`);
  ip(`link set ${name} master cluster`);
  ip(`link set ${name} up`);
  const inside = ['nsenter', `--net=/proc/${pid}/ns/net`, '--'];
  ip(`addr add ${SUBNET}.1${node + 1}/24 dev eth0`, inside);
  ip('link set eth0 up', inside);
  ip('link set lo up', inside);
  return holder;
}

function ip(words: string, before: readonly string[] = []): void {
  const [program = '', ...args] = [...before, 'ip', ...words.split(' ')];
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

function userId(name: string): number | undefined {
  try {
    return Number(execFileSync('id', ['-u', name], { stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return undefined;
  }
}
