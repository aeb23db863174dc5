import {
  chmodSync,
  closeSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { processState } from '../../lib/capture/courier-hint.ts';
import { until } from '../../test/support/until.ts';
import { suspend } from './installation.ts';
import type { Installation } from './installation.ts';
import { library } from './library-script.ts';

/** Something that can be wrong with an installation. */
export type FaultName =
  | 'service killed'
  | 'service hangs'
  | 'service slowed to 6 s'
  | 'breaker tripped'
  | 'cache full'
  | 'configuration drifted'
  | 'configuration open to others'
  | 'all gone but the data folder'
  | 'database corrupted'
  | 'network cut';

/** How a fault is made, and what is left to do when its blocks are through. */
export interface Fault {
  /** Makes it; Claude works meanwhile. */
  readonly make: (on: Installation) => Promise<void>;
  /** True while it is really there. */
  readonly isThere: (on: Installation) => boolean | Promise<boolean>;
  /** Takes away what no command of ours can: what is wrong outside of this machine. */
  readonly end?: (on: Installation) => void | Promise<void>;
}

/** Every fault of the drill. */
export const FAULTS: Readonly<Record<FaultName, Fault>> = {
  'service killed': {
    make: async (on) => {
      await on.killService();
      await on.work();
      await until(() => breakerOf(on) === 'open', 'the breaker is open');
    },
    isThere: async (on) => on.servicePid === undefined && (await answerMs(on)) === undefined,
  },
  'service hangs': {
    make: async (on) => {
      await suspend(() => on.servicePid);
      await on.work();
    },
    isThere: (on) => processState(on.servicePid ?? 0) === 'T',
  },
  'service slowed to 6 s': {
    make: async (on) => {
      writeFileSync(on.faultFile, 'late 6000\n');
      await on.work();
      await attempted(on);
    },
    isThere: async (on) => ((await answerMs(on)) ?? 0) > 5_900,
    end: (on) => rmSync(on.faultFile, { force: true }),
  },
  'breaker tripped': {
    make: async (on) => {
      await on.killService();
      const five = [1, 2, 3, 4, 5].map(
        (limit) => `await tracker.queryPatterns({ limit: ${limit} });`,
      );
      await on.mustRun(library(['const tracker = new PatternTracker();', ...five].join('\n')));
      await on.serve();
      await on.work();
    },
    isThere: (on) => breakerOf(on) === 'open',
  },
  'cache full': {
    make: async (on) => {
      await on.mustRun(library(MANY_PATTERNS));
      await on.settled();
      await on.mustRun(library(MANY_QUESTIONS));
    },
    isThere: (on) => on.value(on.paths.database, 'SELECT count(*) FROM cache_entries') === 1_000,
  },
  'configuration drifted': {
    make: async ({ paths: { configFile } }) =>
      writeFileSync(
        configFile,
        `${readFileSync(configFile, 'utf8')}courier:\n  linger_seconds: 60\n`,
      ),
    isThere: ({ paths }) => readFileSync(paths.configFile, 'utf8').includes('linger_seconds'),
  },
  'configuration open to others': {
    make: async ({ paths }) => chmodSync(paths.configFile, 0o666),
    isThere: async (on) => (await on.run('test -w .claude/hooks/config.yaml')).exitCode === 0,
  },
  'all gone but the data folder': {
    make: async (on) => {
      await on.settled();
      await on.mustRun('pattern-tracker backup');
      await on.killService();
      await on.stopCourier();
      const { home, database, configFile } = on.paths;
      const files = ['dist', 'hooks', 'node_modules'].map((name) => join(home, name));
      const databases = ['', '-wal', '-shm'].map((suffix) => database + suffix);
      for (const path of [...files, ...databases, configFile])
        rmSync(path, { recursive: true, force: true });
    },
    isThere: async (on) => (await on.run('pattern-tracker status')).exitCode === 127,
  },
  'database corrupted': {
    make: async (on) => {
      await on.settled();
      await on.stopCourier();
      damage(on);
    },
    isThere: async (on) => (await on.run('pattern-tracker verify --quick')).exitCode !== 0,
  },
  'network cut': {
    make: async (on) => {
      writeFileSync(on.faultFile, 'cut\n');
      await on.work();
      await attempted(on);
    },
    isThere: async (on) => (await answerMs(on)) === undefined,
    end: (on) => rmSync(on.faultFile, { force: true }),
  },
};

// --- internal ---

/** How long the service is given in which to answer, in milliseconds: longer than the slow one takes. */
const ANSWER_MS = 8_000;

/** How long the service takes to say how it is; undefined without an answer. */
async function answerMs({ port }: Installation): Promise<number | undefined> {
  const startedAt = performance.now();
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    await (await fetch(`http://127.0.0.1:${port}/health`, { signal })).text();
    return performance.now() - startedAt;
  } catch {
    return undefined;
  }
}

/** What the service is then asked about. */
const MANY_PATTERNS = `
const tracker = new PatternTracker();
for (let n = 0; n < 400; n += 1) {
  await tracker.trackPatternCreation({ code: \`export const cached\${n} = \${n};\` });
}`;

/** A thousand questions that the cache tells apart. */
const MANY_QUESTIONS = `
const tracker = new PatternTracker();
for (let limit = 1; limit <= 200; limit += 1) await tracker.queryPatterns({ limit });
const patterns = await tracker.queryPatterns({ limit: 1000 }); // more than a server tells at once: from here
for (const { id } of patterns.slice(0, 400)) {
  await tracker.getLineage(id, { direction: 'ancestry' });
  await tracker.getLineage(id, { direction: 'descendants' });
}`;

function breakerOf({ paths, value }: Installation): unknown {
  return value(
    paths.database,
    `SELECT to_phase FROM breaker_transitions WHERE sink = 'http' ORDER BY rowid DESC`,
  );
}

/** Waits until the courier has tried in vain to deliver. */
async function attempted({ paths, value }: Installation): Promise<void> {
  const sql = 'SELECT count(*) > 0 FROM outbox WHERE attempts > 0';
  await until(() => value(paths.database, sql) === 1, 'delivery was tried');
}

/** Writes over a page of the table with the events. */
function damage({ paths: { database }, value }: Installation): void {
  const sql = (of: string) => Number(value(database, of));
  const page = sql(`SELECT rootpage FROM sqlite_master WHERE name = 'events'`);
  const bytes = sql('PRAGMA page_size');
  const file = openSync(database, 'r+');
  try {
    writeSync(file, Buffer.alloc(bytes, 0xaa), 0, bytes, (page - 1) * bytes);
  } finally {
    closeSync(file);
  }
}
