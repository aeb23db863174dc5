// The real bundles under clocks that go wrong, jump and pass the ends of their numbers, by libfaketime (Debian: faketime).
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { payload, TrackerHome } from './tracker-home.ts';

const HOUR = 3_600_000;
const LIBRARY = findLibrary();

let home: TrackerHome;
let courier: ChildProcess | undefined;
let made = 0;
beforeEach(() => {
  home = new TrackerHome('courier: { idle_exit_seconds: 600 }\nretention: { payload_days: 7 }\n');
  courier = undefined;
  made = 0;
});
afterEach(async () => home.remove());

/** The environment of a program whose clock is off by the offset in `offset`; its monotonic clock is right, as after a suspend. */
const env = (timeZone = 'UTC') => ({
  ...home.env,
  LD_PRELOAD: LIBRARY ?? '',
  FAKETIME_TIMESTAMP_FILE: join(home.folder, 'offset'),
  FAKETIME_NO_CACHE: '1',
  DONT_FAKE_MONOTONIC: '1',
  NO_FAKE_STAT: '1',
  TZ: timeZone,
});

/** Sets the clock of the programs, running ones too. */
function setClock(offsetMs: number): void {
  writeFileSync(
    join(home.folder, 'offset'),
    `${offsetMs < 0 ? '' : '+'}${Math.round(offsetMs / 1000)}\n`,
  );
}

const offsetTo = (time: number) => time - Date.now();

/** Events as they are captured at a time of the clock that is set. */
function capture(count: number, offsetMs: number): void {
  for (let n = 0; n < count; n++) {
    const id = `t${made++}`;
    const content = {
      file_path: `/p/${id}.ts`,
      content: `export const ${id} = compute('${id}');\n`,
    };
    const call = { hook_event_name: 'PostToolUse', tool_name: 'Write', tool_use_id: id };
    home.spool(`${id}.settings`, payload({ ...call, tool_input: content, tool_response: {} }));
    const seconds = Math.max(0, (Date.now() + offsetMs) / 1000);
    utimesSync(join(home.paths.spoolNew, `${id}.settings`), seconds, seconds);
  }
}

function start(timeZone?: string): void {
  const args = [resolve('dist/courier.cjs'), '--home', home.paths.home];
  courier = spawn(process.execPath, args, {
    env: env(timeZone),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

async function stop(): Promise<void> {
  courier?.kill('SIGTERM');
  if (courier?.exitCode === null) await once(courier, 'exit');
}

function cli(timeZone: string, ...args: readonly string[]) {
  const command = [resolve('dist/cli.cjs'), '--home', home.paths.home, ...args];
  const run = spawnSync(process.execPath, command, { env: env(timeZone), encoding: 'utf8' });
  expect(run.stderr).toBe('');
  return run.stdout;
}

const whole = () => [
  home.value("SELECT count(*) FROM events WHERE name = 'PostToolUse'"),
  home.value('SELECT count(*) FROM events WHERE payload IS NULL'),
  home.value('SELECT count(*) FROM occurrences'),
  home.quarantined,
];

describe.skipIf(LIBRARY === undefined)('the clock of the machine (needs libfaketime)', () => {
  it.each<[string, number]>([
    ['begins in 1970', 2_000],
    ['passes the end of 32 bits with a sign, in 2038', 0x7fff_ffff * 1000 - 1_000],
    ['passes the end of 32 bits, in 2106', 0xffff_ffff * 1000 - 1_000],
  ])('%s: all is taken, shown, and still there when it is right again', async (_, time) => {
    const offset = offsetTo(time);
    setClock(offset);
    start();
    capture(5, offset);
    await home.settled();
    await expect.poll(() => Date.now() + offset).toBeGreaterThan(time + 2_500); // it has passed it
    capture(5, offset);
    await home.settled();
    expect(whole()).toEqual([10, 0, 10, []]);
    const { courier: facts, totals } = JSON.parse(cli('UTC', 'status', '--json'));
    expect([facts.status, totals.events]).toEqual(['idle', 10]);
    expect(JSON.parse(cli('UTC', 'tool-calls', '--json'))).toHaveLength(10);
    await stop();

    setClock(0);
    start();
    capture(5, 0);
    await home.settled();
    await expect.poll(() => home.courierState?.status).toBe('idle');
    expect(whole()).toEqual([15, 0, 15, []]);
    await stop();
    expect(home.value('PRAGMA integrity_check')).toBe('ok');
  });

  it('jumps, as after a suspend: the courier that lived goes on, and takes what comes at once', async () => {
    setClock(0);
    start();
    capture(3, 0);
    await home.settled();
    const pid = home.courierPid;
    for (const offset of [8 * HOUR, 30 * 24 * HOUR, -HOUR, 0]) {
      setClock(offset);
      capture(3, offset);
      await home.settled();
      expect(home.courierPid).toBe(pid);
    }
    expect(whole()).toEqual([15, 0, 15, []]);
    await stop();
  });

  it.each([
    ['autumn, when an hour comes twice', Date.UTC(2026, 9, 25, 1)],
    ['spring, when an hour is missing', Date.UTC(2026, 2, 29, 1)],
  ])('is set in %s', async (_, change) => {
    const zone = 'Europe/Berlin';
    const offset = offsetTo(change - 1_500);
    setClock(offset);
    start(zone);
    capture(3, offset);
    await home.settled();
    await expect.poll(() => Date.now() + offset).toBeGreaterThan(change + 500);
    capture(3, offset);
    await home.settled();
    const since = (text: string) =>
      JSON.parse(cli(zone, 'tool-calls', '--since', text, '--json')) as { tool_use_id: string }[];
    expect(since('10 minutes ago')).toHaveLength(6);
    expect(since('yesterday')).toHaveLength(6);
    expect(since('today')).toHaveLength(6);
    const order = since('today').map(({ tool_use_id: id }) => Number(id.slice(1)) < 3);
    expect(order).toEqual([false, false, false, true, true, true]); // the newest first
    expect(whole()).toEqual([6, 0, 6, []]);
    await stop();
  });
});

// --- internal ---

/** The library for programs with threads; undefined where it is not installed. */
function findLibrary(): string | undefined {
  const folders = existsSync('/usr/lib')
    ? readdirSync('/usr/lib').map((name) => join('/usr/lib', name))
    : [];
  return ['/usr/lib', ...folders]
    .map((folder) => join(folder, 'faketime/libfaketimeMT.so.1'))
    .find((path) => existsSync(path));
}
