import { join } from 'node:path';
import { systemClock } from '../../../lib/base/clock.ts';
import { CONFIG_DEFAULTS } from '../../../lib/config/config.ts';
import { Ingest } from '../../../lib/ingest/ingest.ts';
import { ProjectFinder } from '../../../lib/ingest/project.ts';
import { SpoolListing } from '../../../lib/ingest/spool/spool-listing.ts';
import { createRedactor } from '../../../lib/redact/redact.ts';
import type { Redactor } from '../../../lib/redact/redact.ts';
import { openDatabase } from '../../../lib/store/database/database.ts';
import { fillSpool } from './backlog.ts';
import type { Benchmark } from '../measure/benchmark.ts';
import { summarise } from '../measure/pairs.ts';

const FILES = 5_000;
const BATCH_FILES = 1024;
const BATCH_BYTES = 8 * 1024 * 1024;
const PAIRS = 5;

/** Measures which share of ordinary ingest, in processor time, redaction takes: with it against without. */
export const redactShare: Benchmark = {
  name: 'redact-share',
  async *run({ throwaway, pairs = PAIRS }) {
    const { spoolNew } = throwaway.home();
    fillSpool(spoolNew, FILES);
    let databases = 0;
    const measure = (redactor: Redactor) => {
      databases += 1;
      return ingestTime(spoolNew, join(throwaway.root, `share-${databases}.db`), redactor);
    };
    measure(createRedactor()); // compiles
    measure(UNCHANGED);
    const times = summarise(
      Array.from({ length: pairs }, () => ({
        ours: measure(createRedactor()),
        floor: measure(UNCHANGED),
      })),
    );
    yield {
      what: `redaction's share of ingesting ${FILES} events (${pairs} pairs)`,
      ours: perEvent(times.oursMs),
      floor: perEvent(times.floorMs),
      value: (1 - 1 / times.ratio) * 100,
      limit: { kind: 'at most', value: 25, unit: '%' },
    };
  },
};

// --- internal ---

/** Stands in for redaction, and finds nothing. */
const UNCHANGED: Redactor = {
  redactText: (text) => ({ text, count: 0, findings: [], leftOut: 0 }),
  redactPayload: (payload) => ({ payload, count: 0, kinds: {}, leftOut: 0 }),
};

/** The processor time in milliseconds of one thread that does all of the work; the files stay where they are. */
function ingestTime(spoolNew: string, path: string, redactor: Redactor): number {
  const database = openDatabase(path);
  const projects = new ProjectFinder(systemClock, (text) => text);
  const options = { config: CONFIG_DEFAULTS, redactor, projects, machine: 'bench' };
  const ingest = new Ingest(database, options);
  const started = process.cpuUsage();
  for (const batch of new SpoolListing(spoolNew).batches(BATCH_FILES, BATCH_BYTES))
    ingest.take(batch);
  const { user, system } = process.cpuUsage(started);
  database.close();
  return (user + system) / 1000;
}

function perEvent(milliseconds: number): string {
  return `${((milliseconds / FILES) * 1000).toFixed(0)} µs`;
}
