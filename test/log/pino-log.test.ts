import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { trackerPaths } from '../../lib/base/paths.ts';
import type { TrackerPaths } from '../../lib/base/paths.ts';
import { CONFIG_DEFAULTS } from '../../lib/config/config.ts';
import type { Config } from '../../lib/config/config.ts';
import { openLog } from '../../lib/log/pino-log.ts';
import type { TrackerLog } from '../../lib/log/tracker-log.ts';

const NOW = Date.UTC(2026, 10, 24, 12);

let folder: string;
let paths: TrackerPaths;
const open: TrackerLog[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-'));
  paths = trackerPaths(join(folder, 'home'));
});
afterEach(async () => {
  for (const log of open.splice(0)) await log.close();
  rmSync(folder, { recursive: true, force: true });
});

function openedLog(logging: Partial<Config['logging']> = {}): TrackerLog {
  const log = openLog(
    paths,
    { ...CONFIG_DEFAULTS.logging, ...logging },
    { clock: () => NOW, pid: 4711, clean: (text) => text.replaceAll('hush', '[…]') },
  );
  open.push(log);
  return log;
}

/** Everything that a log can be told. */
function sayAll(log: TrackerLog): void {
  log.info('Started', { version: '1.0.0' });
  log.warn('Events became dead letters', { count: 2 });
  log.error('Delivery failed', Object.assign(new Error('no space'), { code: 'ENOSPC' }));
  log.apiUnavailable('127.0.0.1:9 refuses connections');
  log.breakerMoved({ from: 'closed', to: 'open', reason: '5 failures in a row' });
  log.breakerMoved({ from: 'open', to: 'half_open', reason: 'the timeout is over' });
  log.highCacheUsage(950, 1000);
}

const written = () =>
  readFileSync(paths.logFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('a line of the log', () => {
  it('is JSON, with its level, time, process and fields', async () => {
    const log = openedLog();
    sayAll(log);
    await log.close();
    const common = { time: '2026-11-24T12:00:00.000Z', pid: 4711 };
    expect(written()).toEqual([
      { ...common, level: 'info', version: '1.0.0', msg: 'Started' },
      { ...common, level: 'warn', count: 2, msg: 'Events became dead letters' },
      { ...common, level: 'error', code: 'ENOSPC', error: 'no space', msg: 'Delivery failed' },
      {
        ...common,
        level: 'error',
        reason: '127.0.0.1:9 refuses connections',
        msg: '❌ [PatternTracker] API unavailable',
      },
      {
        ...common,
        level: 'error',
        from: 'closed',
        to: 'open',
        reason: '5 failures in a row',
        msg: '❌ [PatternTracker] Circuit breaker tripped',
      },
      {
        ...common,
        level: 'info',
        from: 'open',
        to: 'half_open',
        reason: 'the timeout is over',
        msg: 'Circuit breaker half open',
      },
      {
        ...common,
        level: 'warn',
        entries: 950,
        size: 1000,
        msg: '⚠️ [PatternTracker] High cache usage',
      },
    ]);
  });

  it('holds the words that operators search for', async () => {
    const log = openedLog();
    sayAll(log);
    await log.close();
    const text = readFileSync(paths.logFile, 'utf8');
    for (const words of [
      '❌ [PatternTracker] API unavailable',
      '❌ [PatternTracker] Circuit breaker tripped',
      '⚠️ [PatternTracker] High cache usage',
    ]) {
      expect(text.split('\n').filter((line) => line.includes(words))).toHaveLength(1);
    }
  });

  it('is one line, whatever the message holds', async () => {
    const log = openedLog();
    log.error('Delivery failed', new Error('two\nlines "quoted" \u0000 \u{1F600}'));
    log.error('Delivery failed', 'no error at all');
    await log.close();
    expect(written().map(({ error }) => error)).toEqual([
      'two\nlines "quoted" \u0000 \u{1F600}',
      'no error at all',
    ]);
  });

  it('has nothing that a terminal would act on', async () => {
    const log = openedLog();
    log.apiUnavailable('\u001b[2J\u009b2J\u202eno');
    await log.close();
    for (const mark of '\u001b\u009b\u202e') {
      expect(readFileSync(paths.logFile, 'utf8')).not.toContain(mark);
    }
    expect(written()[0]).toMatchObject({ reason: '\u001b[2J\u009b2J\u202eno' });
  });

  it('holds nothing of an error but its code and message', async () => {
    const log = openedLog();
    const cause = new Error('secret cause');
    const error = Object.assign(new Error('told', { cause }), {
      body: 'secret body',
      token: 'secret',
    });
    log.error('Delivery failed', error);
    await log.close();
    expect(readFileSync(paths.logFile, 'utf8')).not.toContain('secret');
  });
});

describe('the level', () => {
  it.each([
    ['debug', 7],
    ['info', 7],
    ['warn', 5],
    ['error', 3],
  ] as const)('%s leaves %i lines', async (level, lines) => {
    const log = openedLog({ level });
    sayAll(log);
    await log.close();
    expect(written()).toHaveLength(lines);
  });

  it('silent makes no folder and no file', async () => {
    const log = openedLog({ level: 'silent' });
    sayAll(log);
    await log.close();
    expect(existsSync(paths.logs)).toBe(false);
  });
});

describe('the files', () => {
  const files = () => readdirSync(paths.logs).toSorted();
  const asides = () => files().filter((name) => name !== 'tracker.log');

  /** Changes with every line, also with one that is rotated away at once. */
  const stateNow = () => {
    const file = statSync(paths.logFile, { bigint: true, throwIfNoEntry: false });
    return file && `${file.ino} ${file.size} ${file.mtimeNs}`;
  };

  /** Lines of about a kilobyte, each written before the next is said. */
  async function fill(log: TrackerLog, kilobytes: number): Promise<void> {
    for (let n = 0; n < kilobytes; n++) {
      const before = stateNow();
      log.info('Filling', { n, text: 'x'.repeat(1000) });
      await expect.poll(stateNow, { interval: 1 }).not.toBe(before);
    }
    await log.close();
  }

  const numbers = () =>
    files()
      .flatMap((name) => readFileSync(join(paths.logs, name), 'utf8').trimEnd().split('\n'))
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { n: number }).n)
      .toSorted((a, b) => a - b);

  it('are appended to by the next process', async () => {
    for (const _ of [1, 2]) {
      const log = openedLog();
      log.info('Started');
      await log.close();
    }
    expect(written()).toHaveLength(2);
  });

  it('are put aside by their size, with no line lost or cut', async () => {
    await fill(openedLog({ max_size_mb: 10 / 1024, backup_count: 50 }), 35);
    expect(asides().length).toBeGreaterThanOrEqual(2);
    expect(numbers()).toEqual(Array.from({ length: 35 }, (_, n) => n));
    for (const name of files()) {
      expect(statSync(join(paths.logs, name)).size).toBeLessThan(13 * 1024);
    }
  });

  it.each([2, 0])('are kept to the number asked for: %i', async (backup_count) => {
    await fill(openedLog({ max_size_mb: 2 / 1024, backup_count }), 20);
    expect(existsSync(paths.logFile)).toBe(true);
    expect(asides()).toHaveLength(backup_count);
    const log = openedLog({ max_size_mb: 2 / 1024, backup_count });
    log.info('Filling', { n: 20 });
    await log.close();
    expect(numbers().at(-1)).toBe(20);
  });

  const DAY_MS = 86_400_000;
  const said = (name: string) =>
    readFileSync(join(paths.logs, name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);

  /** One process after the other, each of which says one thing at its time. */
  async function over(times: readonly number[], logging: Partial<Config['logging']>) {
    for (const now of times) {
      const log = openLog(
        paths,
        { ...CONFIG_DEFAULTS.logging, ...logging },
        { clock: () => now, pid: 1, clean: (text) => text },
      );
      log.info(`Day ${(now - NOW) / DAY_MS}`);
      await log.close();
    }
  }

  it('are put aside by their age, though no process lives that long', async () => {
    const days = [0, 1, 6.9, 7.1, 14, 14.2, 40];
    await over(
      days.map((day) => NOW + day * DAY_MS),
      { max_age_days: 7 },
    );
    expect(files()).toEqual(['tracker.log', 'tracker.log.1', 'tracker.log.2', 'tracker.log.3']);
    expect(files().map(said)).toEqual([
      ['Day 40'],
      ['Day 14.2'],
      ['Day 7.1', 'Day 14'],
      ['Day 0', 'Day 1', 'Day 6.9'],
    ]);
  });

  it('are not put aside when the clock is set back, nor for a line that is none', async () => {
    await over([NOW, NOW - 30 * DAY_MS], { max_age_days: 7 });
    expect(files()).toEqual(['tracker.log']);
    writeFileSync(paths.logFile, 'torn "time":"yesterday"\n');
    await over([NOW], { max_age_days: 7 });
    expect(files()).toEqual(['tracker.log']);
  });

  it.each([
    [2, ['Day 50'], ['tracker.log', 'tracker.log.1', 'tracker.log.2']],
    [0, ['Day 50'], ['tracker.log']],
  ])('are kept by age, too, to the number asked for: %i', async (backup_count, last, kept) => {
    const days = [0, 10, 20, 30, 40, 50];
    await over(
      days.map((day) => NOW + day * DAY_MS),
      { max_age_days: 7, backup_count },
    );
    expect(files()).toEqual(kept);
    expect(said('tracker.log')).toEqual(last);
  });

  it('are removed when fewer are to be kept', async () => {
    const days = [0, 10, 20, 30, 40];
    await over(
      days.map((day) => NOW + day * DAY_MS),
      {},
    );
    expect(asides()).toHaveLength(4);
    await over([NOW + 41 * DAY_MS], { backup_count: 1 });
    expect(files()).toEqual(['tracker.log', 'tracker.log.1']);
    expect(said('tracker.log.1')).toEqual(['Day 30']);
  });

  it('are for their owner only, and so is their folder', async () => {
    await fill(openedLog({ max_size_mb: 2 / 1024 }), 8);
    expect(asides().length).toBeGreaterThan(0);
    const modes = files().map((name) => statSync(join(paths.logs, name)).mode & 0o777);
    expect(new Set(modes)).toEqual(new Set([0o600]));
    expect(statSync(paths.logs).mode & 0o777).toBe(0o700);
  });
});

describe('where nothing can be written', () => {
  const said = () => [
    vi.spyOn(process.stdout, 'write').mockImplementation(() => true),
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true),
  ];
  afterEach(() => vi.restoreAllMocks());

  it.each<[string, () => void]>([
    ['the folder is a file', () => writeFileSync(paths.logs, '')],
    ['the log is a folder', () => mkdirSync(paths.logFile, { recursive: true })],
    [
      'the disk is full',
      () => {
        mkdirSync(paths.logs);
        symlinkSync('/dev/full', paths.logFile);
      },
    ],
  ])('it is silent, throws nothing and closes: %s', async (_, arrange) => {
    mkdirSync(paths.data, { recursive: true });
    arrange();
    const spies = said();
    const log = openedLog();
    for (let n = 0; n < 5; n++) {
      sayAll(log);
      await new Promise((done) => setTimeout(done, 5)); // nothing tells when a write has failed
    }
    await log.close();
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });
});

it('has written everything once it is closed, however much that is', async () => {
  const log = openedLog();
  for (let n = 0; n < 5_000; n++) log.info('Counting', { n });
  await log.close();
  expect(written()).toHaveLength(5_000);
});

it('closes twice', async () => {
  const log = openedLog();
  log.info('Started');
  await Promise.all([log.close(), log.close()]);
  await log.close();
  expect(written()).toHaveLength(1);
});
