// `npm run test:cluster`: starts three nodes with PostgreSQL, Patroni and etcd, PgBouncer, HAProxy and three replicas of
// the service, as deploy/cluster/ configures them; kills parts of it under load from real couriers; and prints what became
// of the events. Needs Debian's packages; says so where they are missing, and exits with 0.
//   npm run test:cluster -- --drill primary   only the drills whose name has the word
import { execFileSync, spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { Cluster } from './cluster/cluster.ts';
import { DRILLS } from './cluster/drills.ts';
import { allKept } from './cluster/drill.ts';
import { Load } from './cluster/load.ts';
import { OWN_NETWORK } from './cluster/network.ts';
import { PROGRAMS } from './cluster/program.ts';

const NEEDED = ['patroni', 'etcd', 'pgbouncer', 'haproxy', 'pgbackrest', 'postgres', 'curl'];

const { values } = parseArgs({
  options: {
    drill: { type: 'string', default: '' },
    'no-build': { type: 'boolean', default: false },
  },
});
process.exitCode = await main();

// --- internal ---

async function main(): Promise<number> {
  const missing = NEEDED.filter((name) => !isInstalled(name));
  if (missing.length > 0) {
    console.log(`Not tried: ${missing.join(', ')} not installed. On Debian:
  apt-get install --no-install-recommends postgresql-15 patroni etcd-server pgbouncer haproxy pgbackrest curl`);
    return 0;
  }
  if (process.env[OWN_NETWORK] === undefined && ownsNetworks()) return inOwnNetwork();
  if (!values['no-build'])
    execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build.ts'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  const cluster = await Cluster.start((step) => process.stderr.write(`${step}\n`));
  const load = new Load(cluster);
  try {
    load.start();
    await load.isAccepted();
    const drills = DRILLS.filter(({ name }) => name.includes(values.drill));
    return (await allKept(drills, cluster, load)) ? 0 : 1;
  } finally {
    await load.remove();
    await cluster.remove();
  }
}

/** Runs this again in a network that nobody outside sees, where nodes can be cut off. */
function inOwnNetwork(): number {
  const { status } = spawnSync(
    'unshare',
    ['--net', '--', process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    { stdio: 'inherit', env: { ...process.env, [OWN_NETWORK]: '1' } },
  );
  return status ?? 1;
}

function ownsNetworks(): boolean {
  return (
    process.getuid?.() === 0 &&
    isInstalled('ip') &&
    isInstalled('nsenter') &&
    spawnSync('unshare', ['--net', 'true']).status === 0
  );
}

function isInstalled(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`], { env: { PATH: PROGRAMS } }).status === 0;
}
