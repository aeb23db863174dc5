// `npm run test:cluster`: starts three nodes with PostgreSQL, Patroni and etcd, PgBouncer, HAProxy and three replicas of
// the service, as deploy/cluster/ configures them; kills parts of it under load from real couriers; and prints what became
// of the events. Needs Debian's packages; says so where they are missing, and exits with 0.
//   npm run test:cluster -- --drill primary   only the drills whose name has the word
import { execFileSync, spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { Cluster } from './cluster/cluster.ts';
import { DRILLS } from './cluster/drills.ts';
import type { Drill } from './cluster/drills.ts';
import { Load } from './cluster/load.ts';
import type { LoadAccount } from './cluster/load.ts';
import { OWN_NETWORK } from './cluster/network.ts';
import { PROGRAMS } from './cluster/program.ts';

const NEEDED = ['patroni', 'etcd', 'pgbouncer', 'haproxy', 'pgbackrest', 'postgres', 'curl'];

interface Row {
  readonly drill: string;
  readonly gap: number;
  readonly refused: number;
  readonly account: LoadAccount;
}

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
    const rows: Row[] = [];
    for (const drill of DRILLS.filter(({ name }) => name.includes(values.drill)))
      rows.push(...(await tried(drill, cluster, load)));
    console.log(`\n${table(rows)}`);
    return rows.every(({ account }) => account.lost + account.doubled === 0) ? 0 : 1;
  } finally {
    await load.remove();
    await cluster.remove();
  }
}

async function tried(drill: Drill, cluster: Cluster, load: Load): Promise<readonly Row[]> {
  const why = drill.missing?.(cluster);
  if (why !== undefined) {
    console.log(`${drill.name}: not tried, ${why}`);
    return [];
  }
  process.stderr.write(`${drill.name} …\n`);
  load.longestGap();
  load.refusals();
  await drill.run(cluster, load);
  await load.isAccepted();
  const [gap, refused] = [load.longestGap(), load.refusals()];
  await load.pause();
  const account = await load.account();
  load.resume();
  const row = { drill: drill.name, gap, refused, account };
  process.stderr.write(`${line(row)}\n`);
  return [row];
}

function table(rows: readonly Row[]): string {
  const sum = (key: 'lost' | 'doubled') => Math.max(0, ...rows.map(({ account }) => account[key]));
  return [
    '| what happens | longest time without an accepted event | requests refused | acknowledged so far | lost | doubled |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map(line),
    '',
    `${rows.length} drills, ${rows.at(-1)?.account.acknowledged ?? 0} events acknowledged, ${sum('lost')} lost, ${sum('doubled')} doubled.`,
  ].join('\n');
}

function line({ drill, gap, refused, account }: Row): string {
  const { acknowledged, lost, doubled } = account;
  return `| ${drill} | ${gap.toFixed(1)} s | ${refused} | ${acknowledged} | ${lost} | ${doubled} |`;
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
