import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trackerPaths } from '../../../lib/base/paths.ts';
import type { TrackerPaths } from '../../../lib/base/paths.ts';
import { Courier } from '../../../lib/ingest/courier/courier.ts';
import { patience } from '../../support/patience.ts';
import { openDatabase } from '../../../lib/store/database/database.ts';

let folder: string;
let paths: TrackerPaths;
let now = Date.UTC(2026, 10, 24, 12);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'courier-'));
  paths = trackerPaths(join(folder, 'pattern-tracker'));
  mkdirSync(paths.spoolNew, { recursive: true });
  mkdirSync(paths.database); // no database can be opened here
  writeFileSync(
    join(paths.spoolNew, '1.settings'),
    JSON.stringify({ session_id: 's', hook_event_name: 'SessionStart', cwd: '/' }),
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** With a clock by which every look is later than the next attempt that is due. */
async function run(signal: AbortSignal, idleExitSeconds: number, onLook = () => {}): Promise<void> {
  writeFileSync(paths.configFile, `courier: { idle_exit_seconds: ${idleExitSeconds} }\n`);
  const clock = () => (now += 10_000);
  let passed = 0;
  const elapsed = () => {
    onLook();
    return (passed += 10_000);
  };
  const limits = { togetherMs: 300 * patience, aloneMs: 200 * patience };
  await new Courier({ paths, clock, pid: process.pid, machine: 'test', limits, elapsed }).run(
    signal,
  );
}

interface LogLine {
  readonly msg: string;
  readonly error?: string;
  readonly stack?: string;
  readonly file?: string;
  readonly path?: string;
  readonly reason?: string;
}

function logged(): LogLine[] {
  if (!existsSync(paths.logFile)) return [];
  return readFileSync(paths.logFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LogLine);
}

const told = () => logged().map(({ msg }) => msg);

describe('a courier that can not take in events', () => {
  it('says so in the log once, however often it tries, and stays while files wait', async () => {
    const stop = new AbortController();
    let attempts = 0;
    const running = run(stop.signal, 1, () => (attempts += 1));
    await expect.poll(() => attempts).toBeGreaterThan(30);
    stop.abort();
    await running;
    expect(told()).toEqual([
      'Configuration taken up',
      'Courier started',
      'The courier cannot take in events',
      'Courier stopped',
    ]);
  });

  it('says so when it takes them in again', async () => {
    const stop = new AbortController();
    const running = run(stop.signal, 86_400);
    await expect.poll(told).toContain('The courier cannot take in events');
    rmdirSync(paths.database);
    await expect.poll(told).toContain('The courier takes in events again');
    stop.abort();
    await running;
    const isOfClock = (line: string) => line.startsWith('Nothing is removed by its age'); // this one is of 1970
    expect(
      told()
        .slice(2)
        .filter((line) => !isOfClock(line)),
    ).toEqual([
      'The courier cannot take in events',
      'The courier takes in events again',
      'Courier stopped',
    ]);
  });
});

describe('an event that fails in a way that nobody foresaw', () => {
  beforeEach(() => {
    rmdirSync(paths.database);
    const database = openDatabase(paths.database);
    database.exec(`CREATE TRIGGER planted BEFORE INSERT ON events WHEN new.name = 'Planted'
      BEGIN SELECT RAISE(ABORT, 'a planted fault'); END`);
    database.close();
    for (const name of ['2.settings', '3.settings', '4.settings']) {
      const event = { session_id: name, hook_event_name: name[0] === '4' ? 'Stop' : 'Planted' };
      writeFileSync(join(paths.spoolNew, name), JSON.stringify(event));
    }
  });

  it('is logged once, with message and stack, and set aside', async () => {
    await run(new AbortController().signal, 1);
    const faults = logged().filter(({ msg }) => msg === 'An event could not be ingested');
    expect(faults).toEqual([expect.objectContaining({ error: 'a planted fault' })]);
    expect(faults[0]?.stack).toMatch(/a planted fault\n +at /);
    expect(readdirSync(paths.spoolBad).toSorted()).toEqual([
      '2.settings.failed',
      '3.settings.failed',
    ]);
  });

  it('keeps no other event of its batch back', async () => {
    await run(new AbortController().signal, 1);
    const database = openDatabase(paths.database);
    const names = database.prepare('SELECT name FROM events ORDER BY name').pluck().all();
    database.close();
    expect(names).toEqual(['SessionStart', 'Stop']);
  });

  it('is no fault of this program when the bytes are no event', async () => {
    writeFileSync(join(paths.spoolNew, '2.settings'), '[]');
    rmSync(join(paths.spoolNew, '3.settings'));
    await run(new AbortController().signal, 1);
    expect(told()).not.toContain('An event could not be ingested');
    expect(readdirSync(paths.spoolBad)).toEqual(['2.settings.not-an-object']);
  });

  it('is named in the log with every other file that is set aside, and its reason', async () => {
    writeFileSync(join(paths.spoolNew, '0.settings'), '[]');
    await run(new AbortController().signal, 1);
    const named = logged().filter(({ msg }) => msg === 'A spool file was set aside');
    expect(named.map(({ file, reason }) => `${file} ${reason}`).toSorted()).toEqual([
      '0.settings not-an-object',
      '2.settings failed',
      '3.settings failed',
    ]);
  });
});

describe('events that were dropped where their count found no room', () => {
  it('are counted in its file as soon as there is room', async () => {
    rmdirSync(paths.database);
    for (const name of ['a.w', 'b.w']) writeFileSync(join(paths.spoolNew, name), '');
    mkdirSync(paths.drops); // nothing can be written there
    const stop = new AbortController();
    const running = run(stop.signal, 86_400);
    await expect.poll(() => readdirSync(paths.spoolNew).toSorted()).toEqual(['a.w', 'b.w']);
    rmdirSync(paths.drops);
    await expect.poll(() => readdirSync(paths.spoolNew)).toEqual([]);
    stop.abort();
    await running;
    expect(readFileSync(paths.drops, 'utf8')).toBe('\nww');
    expect(readdirSync(paths.spoolBad)).toEqual([]);
  });
});

describe('a corrupt database', () => {
  it('is named in the log once, with the reason and its new name', async () => {
    rmdirSync(paths.database);
    writeFileSync(paths.database, 'no database at all, though long enough'.repeat(100));
    await run(new AbortController().signal, 1);
    const moved = logged().filter(({ msg }) => msg === 'The corrupt database was moved aside');
    expect(moved).toEqual([
      expect.objectContaining({ reason: expect.stringMatching(/not a database/) }),
    ]);
    expect(existsSync(moved[0]?.path ?? '')).toBe(true);
  });
});

describe('an event on which the courier works for ever', () => {
  const parse = JSON.parse;
  beforeEach(() => {
    rmdirSync(paths.database);
    JSON.parse = (text: string, ...rest) => {
      while (text.includes('poison'));
      return parse(text, ...rest) as unknown;
    };
  });
  afterEach(() => void (JSON.parse = parse));

  it('is set aside after three attempts, and keeps no other event back', async () => {
    for (const name of ['2.settings', '3.settings', '4.settings']) {
      const prompt = name[0] === '3' ? 'poison' : '';
      const event = { session_id: name, hook_event_name: 'UserPromptSubmit', prompt };
      writeFileSync(join(paths.spoolNew, name), JSON.stringify(event));
    }
    await run(new AbortController().signal, 1);
    expect(readdirSync(paths.spoolBad)).toEqual(['3.settings.timed-out']);
    expect(logged().find(({ reason }) => reason === 'timed-out')).toMatchObject({
      msg: 'A spool file was set aside',
      file: '3.settings',
    });
    const database = openDatabase(paths.database);
    const sessions = database.prepare('SELECT id FROM sessions ORDER BY id').pluck().all();
    database.close();
    expect(sessions).toEqual(['2.settings', '4.settings', 's']);
    expect(existsSync(paths.courierWork)).toBe(false);
  });
});
