// Each command looks at the world once: what it shows is of one moment, and nothing is read twice.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Sample as SampleHome } from './sample-database.ts';

vi.mock('../../lib/config/config-file.ts', { spy: true });
vi.mock('../../lib/store/database/database.ts', { spy: true });
vi.resetModules(); // test files share them
const { loadConfig, loadWholeConfig } = await import('../../lib/config/config-file.ts');
const { openDatabase, openDatabaseForReading } =
  await import('../../lib/store/database/database.ts');
const { configure, fillOutbox, queueCalls } = await import('./delivery-sample.ts');
const { Sample } = await import('./sample-database.ts');
const { run } = await import('./test-environment.ts');

const BOTH = `api: { base_url: 'http://127.0.0.1:9' }
otlp: { endpoint: 'http://127.0.0.1:4318' }
`;

let sample: SampleHome;
beforeEach(() => {
  sample = new Sample();
  configure(sample, BOTH);
});
afterEach(() => sample.remove());

const COMMANDS = [
  'health',
  'health --json',
  'status',
  'doctor --json',
  'metrics',
  'metrics --prometheus',
  'breaker',
  'breaker --json',
  'cache',
  'outbox',
  'outbox export',
  'outbox drop --all --yes',
  'flush --dry-run',
];

/** Those that judge alerts as the courier does, with facts and settings of their own. */
const JUDGES: Readonly<Record<string, { readonly loaded: number; readonly opened: number }>> = {
  status: { loaded: 1, opened: 2 },
  'metrics --prometheus': { loaded: 2, opened: 2 },
};

/** How often a command has loaded the configuration, and opened tracker.db. */
async function looks(argv: string): Promise<{ readonly loaded: number; readonly opened: number }> {
  vi.clearAllMocks();
  await run(sample, argv);
  const opened = [openDatabase, openDatabaseForReading].flatMap(
    (open) => vi.mocked(open).mock.calls,
  );
  const loaded = [loadConfig, loadWholeConfig].map((load) => vi.mocked(load).mock.calls.length);
  return { loaded: loaded.reduce((sum, calls) => sum + calls, 0), opened: opened.length };
}

describe('the configuration', () => {
  it.each(COMMANDS)('is loaded once by %s', async (argv) => {
    expect(await looks(argv)).toMatchObject({ loaded: JUDGES[argv]?.loaded ?? 1 });
    fillOutbox(sample);
    queueCalls(sample, 1);
    expect(await looks(argv)).toMatchObject({ loaded: JUDGES[argv]?.loaded ?? 1 });
  });
});

describe('the database', () => {
  it.each(['health', 'health --json', 'status', 'doctor --json', 'metrics', 'breaker', 'cache'])(
    'is opened once by %s',
    async (argv) => {
      fillOutbox(sample);
      expect(await looks(argv)).toMatchObject({ opened: JUDGES[argv]?.opened ?? 1 });
    },
  );
});
