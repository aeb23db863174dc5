import { readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { TrackerError } from '../../lib/base/errors.ts';
import { Sqlite } from '../../lib/store/database/sqlite.ts';
import { FaultyApi } from '../../test/support/faulty-api.ts';
import type { Behaviour } from '../../test/support/faulty-api.ts';
import { until } from '../../test/support/until.ts';
import { isSound } from './fault-row.ts';
import type { FaultRow } from './fault-row.ts';
import { FRONTS, FaultTrial } from './fault-trial.ts';

/** One look at the courier and its files. */
interface Sample {
  readonly atMs: number;
  readonly pid: number;
  readonly rssMb: number;
  readonly descriptors: number;
  readonly walMb: number;
  readonly databaseMb: number;
  readonly waiting: number;
}

export interface SoakReport {
  readonly row: FaultRow;
  readonly samples: readonly Sample[];
  readonly perSecond: number;
  readonly commands: number;
  readonly problems: readonly string[];
}

/** The milliseconds of a time such as `20m` or `30s`. */
export function durationMs(text: string): number {
  const [, amount = '', unit = 's'] = /^(\d+(?:\.\d+)?)(s|m|h)?$/.exec(text) ?? [];
  if (amount === '') throw new TrackerError('E_FAULTS', `expected a time such as 20m, got ${text}`);
  return Number(amount) * { s: 1000, m: 60_000, h: 3_600_000 }[unit as 's' | 'm' | 'h'];
}

/** Records under load for so long, with a server that flaps, readers and backups; what grew meanwhile. */
export async function soak(lastsMs: number): Promise<SoakReport> {
  const server = await new FaultyApi().up();
  const trial = new FaultTrial({ config: config(server.url) }, 1);
  const until_ = performance.now() + lastsMs;
  const isOver = () => performance.now() > until_;
  const samples: Sample[] = [];
  let commands = 0;
  const command = async (...args: readonly string[]) => {
    const { status, stderr } = await trial.command(...args);
    commands += 1;
    // It judges by its exit code, and the server flaps.
    if (status !== 0 && args[0] !== 'health')
      trial.problem(`${args.join(' ')} ended with ${status}: ${stderr.slice(0, 200)}`);
  };
  const every = async (ms: number, action: () => Promise<unknown>) => {
    while (!isOver()) {
      const next = performance.now() + ms;
      await action();
      await setTimeout(Math.max(1, Math.min(next, until_) - performance.now()));
    }
  };
  try {
    await trial.offer();
    await until(() => trial.home.waiting.length === 0, 'the first event is taken');
    const startedAt = performance.now();
    let offered = 0;
    await Promise.all([
      every(1000 / EVENTS_PER_SECOND, async () => {
        void trial.offer(1, offered++ % 30 === 0 ? FRONTS.node : FRONTS.sh);
      }),
      every(9_000, async () => flap(server, trial.random.between(0, BEHAVIOURS.length))),
      every(4_000, async () => trial.look(true)),
      every(7_000, async () => command('patterns', '--json', '--limit', '20')),
      every(11_000, async () => command('sessions', '--json')),
      every(13_000, async () => command('health', '--json')),
      every(17_000, async () => readForLong(trial, 3_000)),
      every(30_000, async () => command('backup', '--keep', '2')),
      every(Math.min(5_000, lastsMs / 20), async () => {
        const sample = sampleOf(trial, performance.now() - startedAt);
        if (sample) samples.push(sample);
      }),
    ]);
    const seconds = (performance.now() - startedAt) / 1000;
    server.behaviour = { kind: 'well' };
    await server.up();
    await until(
      () =>
        trial.home.waiting.length === 0 && trial.home.value('SELECT count(*) FROM outbox') === 0,
      'all is delivered',
    );
    const patterns = trial.home.value('SELECT count(*) FROM occurrences');
    if (server.events.size !== patterns)
      trial.problem(`of ${String(patterns)} events the server has ${server.events.size}`);
    const row = await trial.conclude('soak');
    const problems = [
      ...row.problems,
      ...(isSound(row) ? [] : ['events are lost or doubled']),
      ...growth(samples),
    ];
    return { row, samples, perSecond: offered / seconds, commands, problems };
  } finally {
    await server.down();
    await trial.remove();
  }
}

/** The table that a person reads. */
export function renderSoak({ row, samples, perSecond, commands, problems }: SoakReport): string {
  const line = (name: string, value: (sample: Sample) => number, digits = 1) => {
    const parts = thirds(samples).map((part) =>
      median(part.map(value)).toFixed(digits).padStart(11),
    );
    const most = Math.max(...samples.map(value)).toFixed(digits);
    return `${name.padEnd(24)}${parts.join('')}${most.padStart(11)}`;
  };
  const couriers = new Set(samples.map(({ pid }) => pid)).size;
  return [
    `${''.padEnd(24)}${['first third', 'second', 'last third', 'most'].map((head) => head.padStart(11)).join('')}`,
    line('RSS of the courier, MB', ({ rssMb }) => rssMb),
    line('its descriptors', ({ descriptors }) => descriptors, 0),
    line('WAL, MB', ({ walMb }) => walMb),
    line('tracker.db, MB', ({ databaseMb }) => databaseMb),
    line('files waiting', ({ waiting }) => waiting, 0),
    '',
    `${row.offered} events, ${perSecond.toFixed(1)} a second, ${commands} commands, ${couriers === 1 ? 'one courier' : `${couriers} couriers`}; ` +
      `${row.lost} lost, ${row.doubled} doubled; the slowest hook took ${row.slowestMs.toFixed(0)} ms; healed ${row.healed}`,
    `status said of the courier: ${row.said}`,
    ...problems.map((text) => `! ${text}`),
  ].join('\n');
}

// --- internal ---

const EVENTS_PER_SECOND = 30;
/** What may come on top of the first third until the last, besides a quarter of it. */
const RSS_SLACK_MB = 40;
const DESCRIPTOR_SLACK = 6;
/** The WAL is cut at each checkpoint that no reader stands in the way of. */
const MOST_WAL_MB = 32;

const BEHAVIOURS: readonly Behaviour[] = [
  { kind: 'well' },
  { kind: 'status', status: 503 },
  { kind: 'hang' },
  { kind: 'late', ms: 300 },
  { kind: 'reset' },
  { kind: 'not-json' },
];

const config = (url: string) => `api: { base_url: '${url}' }
pattern_tracking: { timeout: 1 }
resilience: { circuit_breaker: { recovery_timeout: 2 }, retry: { base_delay: 0.2, max_delay: 2 } }
courier: { idle_exit_seconds: 60 }
`;

async function flap(server: FaultyApi, choice: number): Promise<void> {
  const behaviour = BEHAVIOURS[choice];
  if (!behaviour) return server.down();
  server.behaviour = behaviour;
  await server.up();
}

/** Holds a read transaction, as a program that shows a long list does. */
async function readForLong(trial: FaultTrial, ms: number): Promise<void> {
  const reader = new Sqlite(trial.home.paths.database, { readonly: true });
  try {
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM events').get();
    await setTimeout(ms);
  } finally {
    reader.close();
  }
}

/** Undefined while no courier lives. */
function sampleOf(trial: FaultTrial, atMs: number): Sample | undefined {
  const pid = trial.home.courierPid;
  if (pid === undefined) return undefined;
  try {
    const rss = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    const { database } = trial.home.paths;
    return {
      atMs,
      pid,
      rssMb: Number(rss) / 1024,
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      walMb: statSync(`${database}-wal`).size / 1e6,
      databaseMb: statSync(database).size / 1e6,
      waiting: trial.home.waiting.length,
    };
  } catch {
    return undefined; // it has just left
  }
}

function growth(samples: readonly Sample[]): string[] {
  const [first, , last] = thirds(samples);
  if (last.length === 0) return ['no courier was seen'];
  const of = (part: readonly Sample[], value: (sample: Sample) => number) =>
    median(part.map(value));
  const found: string[] = [];
  const check = (name: string, value: (sample: Sample) => number, slack: number) => {
    const [before, after] = [of(first, value), of(last, value)];
    if (after > before * 1.25 + slack)
      found.push(`${name} grew from ${before.toFixed(1)} to ${after.toFixed(1)}`);
  };
  check('RSS', ({ rssMb }) => rssMb, RSS_SLACK_MB);
  check('descriptors', ({ descriptors }) => descriptors, DESCRIPTOR_SLACK);
  const wal = Math.max(...last.map(({ walMb }) => walMb));
  if (wal > MOST_WAL_MB) found.push(`the WAL has ${wal.toFixed(1)} MB`);
  return found;
}

function thirds<T>(list: readonly T[]): [T[], T[], T[]] {
  const size = Math.ceil(list.length / 3);
  return [list.slice(0, size), list.slice(size, 2 * size), list.slice(2 * size)];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
