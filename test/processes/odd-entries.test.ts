// What else than a file may lie where the courier and the command line look for one.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { payload, TrackerHome } from './tracker-home.ts';

const CLI = resolve('dist/cli.cjs');

let home: TrackerHome;
/** What links lead to. Nothing but a file of the test's own: a fault would write there. */
let elsewhere: string;
beforeEach(() => {
  home = new TrackerHome('courier: { idle_exit_seconds: 1 }\n');
  elsewhere = join(home.folder, 'elsewhere');
  writeFileSync(elsewhere, 'of somebody else');
  home.spool('event.settings', payload({ hook_event_name: 'Stop' }));
  mkdirSync(home.paths.spoolBad, { mode: 0o700 });
});
afterEach(async () => {
  expect(readFileSync(elsewhere, 'utf8')).toBe('of somebody else');
  await home.remove();
});

const makeFifo = (path: string) => void execFileSync('mkfifo', [path]);

const ODD: readonly (readonly [string, (path: string) => void])[] = [
  ['a FIFO', makeFifo],
  ['a link to a file', (path) => symlinkSync(elsewhere, path)],
  ['a link to nothing', (path) => symlinkSync(`${elsewhere}-not`, path)],
  ['a link to itself', (path) => symlinkSync(basename(path), path)],
  ['a folder', (path) => mkdirSync(path)],
];

function stored(): unknown {
  return home.value('SELECT count(*) FROM events');
}

describe('the spool', () => {
  it.each(ODD)('sets %s aside', async (_, make) => {
    make(join(home.paths.spoolNew, 'odd'));
    expect(await home.runCourier()).toBe(0);
    expect([stored(), home.waiting, home.quarantined]).toEqual([1, [], ['odd.not-a-file']]);
    expect(readFileSync(home.paths.logFile, 'utf8')).toContain(
      '"file":"odd","reason":"not-a-file"',
    );
  });

  it('sets 3 GB that take no space aside, and keeps their beginning only', async () => {
    home.spool('huge', '');
    truncateSync(join(home.paths.spoolNew, 'huge'), 3 * 1024 ** 3);
    home.spool('bad', '[]');
    expect(await home.runCourier()).toBe(0);
    const aside = ['bad.not-an-object', 'huge.too-large'];
    expect([stored(), home.waiting, home.quarantined.toSorted()]).toEqual([1, [], aside]);
    expect(statSync(join(home.paths.spoolBad, 'huge.too-large')).size).toBe(64 * 1024);
  });

  it('sets a file aside whose name leaves no room for a reason', async () => {
    home.spool('n'.repeat(255), '[]');
    expect(await home.runCourier()).toBe(0);
    expect([stored(), home.quarantined]).toEqual([1, [`${'n'.repeat(70)}.not-an-object`]]);
  });

  it('sets files aside whose names are taken there, and replaces none', async () => {
    mkdirSync(join(home.paths.spoolBad, 'bad.not-an-object/full'), { recursive: true });
    home.spool('bad', '[]');
    for (const end of ['x', 'y']) home.spool(`${'n'.repeat(70)}${end}`, '[]');
    expect(await home.runCourier()).toBe(0);
    expect([stored(), home.waiting, home.courierState?.status]).toEqual([1, [], 'stopped']);
    expect(home.quarantined.toSorted()).toEqual([
      'bad-2.not-an-object',
      'bad.not-an-object',
      `${'n'.repeat(70)}-2.not-an-object`,
      `${'n'.repeat(70)}.not-an-object`,
    ]);
  });
});

describe('the quarantine', () => {
  it.each(ODD)('that holds %s takes in files', async (_, make) => {
    make(join(home.paths.spoolBad, 'odd'));
    for (const number of [1, 2, 3]) home.spool(`bad-${number}`, '[]');
    expect(await home.runCourier()).toBe(0);
    expect([stored(), home.waiting]).toEqual([1, []]);
    expect(home.courierState).toMatchObject({ status: 'stopped', reason: null });
    expect(home.quarantined.filter((name) => name.startsWith('bad'))).toHaveLength(3);
  });

  it('is bounded, the oldest first', async () => {
    home.configure('courier: { idle_exit_seconds: 1 }\nspool: { max_bad_files: 2 }\n');
    for (const number of [1, 2, 3, 4]) {
      home.spool(`bad-${number}`, '[]');
      utimesSync(join(home.paths.spoolNew, `bad-${number}`), number, number);
    }
    expect(await home.runCourier()).toBe(0);
    expect(home.quarantined).toEqual(['bad-3.not-an-object', 'bad-4.not-an-object']);
  });
});

describe('the data folder', () => {
  const FILES = [
    'courier.pid',
    'courier.json',
    'courier-work.json',
    'glance.json',
    'courier-pause.lock',
    'drops',
    'spool/max-files',
    'spool/full',
    'logs/tracker.log',
  ];

  it.each(ODD.slice(0, 4))('with %s for each file lets the courier work', async (_, make) => {
    mkdirSync(home.paths.logs, { mode: 0o700 });
    for (const file of FILES) make(join(home.paths.data, file));
    expect(await home.runCourier()).toBe(0);
    expect([stored(), home.waiting]).toEqual([1, []]);
    expect(readFileSync(home.paths.logFile, 'utf8')).toContain('Courier started');
  });

  it.each(ODD)('with %s for each file lets the command line answer', (_, make) => {
    mkdirSync(home.paths.logs, { mode: 0o700 });
    for (const file of FILES) make(join(home.paths.data, file));
    make(join(home.folder, '.claude/settings.json'));
    mkdirSync(join(home.folder, 'project/.claude'), { recursive: true });
    make(join(home.folder, 'project/.claude/settings.json'));
    rmSync(home.paths.configFile);
    make(home.paths.configFile);
    for (const command of ['logs', 'status', 'health', 'doctor']) {
      const { signal } = spawnSync(process.execPath, [CLI, command, '--json'], {
        env: { ...home.env, PATTERN_TRACKER_HOME: home.paths.home },
        cwd: join(home.folder, 'project'),
        timeout: 60_000,
      });
      expect([command, signal]).toEqual([command, null]);
    }
  });
});

it('a transcript that is a FIFO keeps no session from being stored', async () => {
  const transcript = join(home.folder, 'transcript.jsonl');
  makeFifo(transcript);
  home.spool('2.settings', payload({ hook_event_name: 'Stop', transcript_path: transcript }));
  writeFileSync(join(home.folder, 'late'), '');
  expect(await home.runCourier()).toBe(0);
  expect(stored()).toBe(2);
});
