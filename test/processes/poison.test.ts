// Events that end the courier, and kills that no event is to blame for.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { payload, TrackerHome } from './tracker-home.ts';

const POISON = resolve('test/processes/poison.cjs');

let home: TrackerHome;
let env: Record<string, string>;
beforeEach(() => {
  home = new TrackerHome('courier: { idle_exit_seconds: 1 }\n');
  env = {
    ...home.env,
    NODE_OPTIONS: `--require ${POISON} --max-old-space-size=96`,
    TRACKER_TEST_ASLEEP: join(home.folder, 'asleep'),
  };
});
afterEach(async () => home.remove());

function spool(number: number, prompt = ''): void {
  const event = { hook_event_name: 'UserPromptSubmit', session_id: `s${number}`, prompt };
  home.spool(`${String(number).padStart(5, '0')}.settings`, payload(event));
}

/** Runs a courier; resolves with its exit code, null for one that died. */
async function courier(): Promise<number | null> {
  const bundle = [resolve('dist/courier.cjs'), '--home', home.paths.home];
  const child = spawn(process.execPath, bundle, { env, stdio: 'ignore' });
  return new Promise((done) => child.on('close', (code) => done(code === 0 ? 0 : null)));
}

/** Starts one courier after the other until one leaves by itself; returns how many died before. */
async function deaths(): Promise<number> {
  for (let died = 0; ; died += 1) {
    expect(died).toBeLessThan(10);
    if ((await courier()) === 0) return died;
  }
}

describe('an event that kills every courier', () => {
  it.each(['kill', 'abort', 'memory'])(
    'by %s is set aside, and all others are stored',
    async (how) => {
      for (let number = 1; number <= 40; number += 1) {
        spool(number, number === 17 ? `poison: ${how}` : '');
      }
      expect(await deaths()).toBe(4); // once among others, three times alone
      expect(home.quarantined).toEqual(['00017.settings.crashed']);
      expect(home.waiting).toEqual([]);
      expect(home.value('SELECT count(*) FROM sessions')).toBe(39);
      expect(readFileSync(home.paths.logFile, 'utf8')).toContain('"file":"00017.settings"');
    },
  );

  it('is set aside after three deaths when it comes alone', async () => {
    spool(1, 'poison: kill');
    expect(await deaths()).toBe(3);
    expect(home.quarantined).toEqual(['00001.settings.crashed']);
  });

  it('is found in a backlog, which a thread helps with', async () => {
    for (let number = 1; number <= 1200; number += 1) {
      spool(number, number === 1100 ? 'poison: kill' : '');
    }
    expect(await deaths()).toBeLessThanOrEqual(6);
    expect(home.quarantined).toEqual(['01100.settings.crashed']);
    expect(home.value('SELECT count(*) FROM sessions')).toBe(1199);
  });

  it('is set aside beside another one', async () => {
    for (let number = 1; number <= 20; number += 1) {
      spool(number, number % 10 === 5 ? 'poison: kill' : '');
    }
    expect(await deaths()).toBeLessThanOrEqual(8);
    expect(home.quarantined).toEqual(['00005.settings.crashed', '00015.settings.crashed']);
    expect(home.value('SELECT count(*) FROM sessions')).toBe(18);
  });
});

it('two kills in the middle of one event, and any number in the middle of others, blame none', async () => {
  const asleep = join(home.folder, 'asleep');
  for (const number of [1, 1, 2, 3, 4, 5]) {
    spool(number, 'poison: sleep');
    const running = courier();
    await expect.poll(() => existsSync(asleep)).toBe(true);
    await home.stop('SIGKILL');
    expect(await running).toBeNull();
    rmSync(asleep);
    spool(number); // what another courier finds there lets it work on
  }
  expect(await deaths()).toBe(0);
  expect(home.quarantined).toEqual([]);
  expect(home.value('SELECT count(*) FROM sessions')).toBe(5);
});
