import { setTimeout } from 'node:timers/promises';
import { until } from '../../test/support/until.ts';
import type { Cluster } from './cluster.ts';
import type { Drill } from './drill.ts';

/** What {@link Cluster} has to outlive, in the order in which it is tried. */
export const DRILLS: readonly Drill<Cluster>[] = [
  {
    name: 'kill -9 of the primary PostgreSQL',
    run: async (cluster, load) => {
      const node = await cluster.primary();
      node.killPostgres();
      await setTimeout(LET_IT_SHOW_MS);
      await load.isAccepted();
      await cluster.isWhole();
    },
  },
  {
    name: 'the primary node dies: PostgreSQL, Patroni and etcd',
    run: async (cluster, load) => {
      const node = await cluster.primary();
      await node.die();
      await until(async () => (await roleOfOthers(cluster, node.number)) > 0, 'another is primary');
      await load.isAccepted();
      node.start();
      await cluster.isWhole();
    },
  },
  {
    name: 'the synchronous standby dies',
    run: async (cluster, load) => {
      const node = await cluster.follower();
      await node.die();
      await setTimeout(LET_IT_SHOW_MS);
      await load.isAccepted();
      node.start();
      await cluster.isWhole();
    },
  },
  {
    name: 'kill -9 of one etcd member',
    run: async (cluster, load) => {
      const [node] = cluster.nodes;
      await node?.etcd.stop('SIGKILL');
      await setTimeout(LET_IT_SHOW_MS);
      await load.isAccepted();
      node?.etcd.start();
      await cluster.isWhole();
    },
  },
  {
    name: 'kill -9 of each replica of the service in turn',
    run: async (cluster, load) => {
      for (const service of cluster.services) {
        await service.stop('SIGKILL');
        await setTimeout(1_000);
        await load.isAccepted();
        await service.start();
        await setTimeout(1_500); // until HAProxy has seen it
      }
    },
  },
  {
    name: 'kill -9 of HAProxy and of PgBouncer',
    run: async (cluster, load) => {
      for (const program of [cluster.haproxy, cluster.pgbouncer]) {
        await program.stop('SIGKILL');
        await setTimeout(1_000);
        program.start();
        await load.isAccepted();
      }
    },
  },
  {
    name: 'the primary node is cut off from the network',
    missing: ({ network }) => (network.canCut ? undefined : 'needs root and network namespaces'),
    run: async (cluster, load) => {
      const node = await cluster.primary();
      cluster.network.cut(node.number);
      await until(async () => (await roleOfOthers(cluster, node.number)) > 0, 'another is primary');
      await load.isAccepted();
      cluster.network.mend(node.number);
      await cluster.isWhole();
    },
  },
  {
    name: 'a planned change of the primary',
    run: async (cluster, load) => {
      const [from, to] = [await cluster.primary(), await cluster.follower()];
      await until(async () => {
        const response = await post(cluster, from.number, '/switchover', {
          leader: from.name,
          candidate: to.name,
        });
        return response;
      }, 'Patroni changes the primary');
      await load.isAccepted();
      await cluster.isWhole();
    },
  },
  {
    name: 'all patterns deleted by mistake, and restored to the moment before',
    run: async (cluster, load) => {
      const node = await cluster.primary();
      node.pgbackrest('--type=full', 'backup');
      await load.isAccepted();
      await load.pause();
      const [moment] = await cluster.query<{ at: string }>('SELECT now()::text AS at');
      await setTimeout(1_000);
      await cluster.query('DELETE FROM events; DELETE FROM event_ids; DELETE FROM patterns;');
      await cluster.query('SELECT pg_switch_wal()', 'postgres');
      await cluster.restoreTo(moment?.at ?? '');
      load.resume();
      await load.isAccepted();
    },
  },
];

// --- internal ---

/** What was killed may only be noticed after some seconds. */
const LET_IT_SHOW_MS = 3_000;

async function roleOfOthers(cluster: Cluster, number: number): Promise<number> {
  const roles = await Promise.all(
    cluster.nodes.filter((node) => node.number !== number).map(async (node) => node.role()),
  );
  return roles.filter((role) => role === 'primary').length;
}

async function post(
  cluster: Cluster,
  number: number,
  path: string,
  body: object,
): Promise<boolean> {
  const node = cluster.nodes[number];
  try {
    const said = node?.run([
      'curl',
      '--silent',
      '--fail',
      '--max-time',
      '30',
      '--data',
      JSON.stringify(body),
      `http://${node.address}:8008${path}`,
    ]);
    return said !== undefined;
  } catch {
    return false;
  }
}
