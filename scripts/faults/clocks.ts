import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { until } from '../../test/support/until.ts';
import type { FaultKind } from './fault-kind.ts';
import { end } from './fault-trial.ts';
import type { FaultTrial } from './fault-trial.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = 365.25 * DAY;

/** The clock of the machine is set, while a courier runs or before it starts. */
export const CLOCKS: readonly FaultKind[] = offsets().map(([name, offset]): FaultKind => ({
  name: `clock: ${name}, and back`,
  times: [1, 5],
  config: 'courier: { idle_exit_seconds: 60 }\nretention: { payload_days: 7 }\n',
  run: async (trial, times) => setClock(trial, times, offset),
}));

// --- internal ---

/** By how many milliseconds the clock is wrong, when it is set. */
function offsets(): readonly (readonly [name: string, offset: () => number])[] {
  return [
    ['an hour ahead, as after a suspend', () => HOUR],
    ['73 years ahead', () => 73 * YEAR],
    ['an hour back, as by a wrong time zone', () => -HOUR],
    ['in 1970', () => -Date.now() + 1_000],
    ['at the end of 32 bits with a sign, 2038', () => 0x7fff_ffff * 1000 - Date.now()],
    ['at the end of 32 bits, 2106', () => 0xffff_ffff * 1000 - Date.now()],
  ];
}

async function setClock(trial: FaultTrial, times: number, offset: () => number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'clock-'));
  trial.atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'offset');
  writeFileSync(file, '0');
  const start = () =>
    trial.startCourier({
      nodeArgs: ['--require', resolve('test/faults/set-clock.cjs')],
      env: { CLOCK_OFFSET_FILE: file },
    });
  const taken = async (what: string) => {
    try {
      await until(() => trial.home.waiting.length === 0, 'they are taken', 20_000);
    } catch {
      trial.problem(`events wait for 20 s ${what}`);
    }
  };
  let child = start();
  for (let n = 0; n < times; n++) {
    trial.spool(5);
    await taken('with the right clock');
    writeFileSync(file, String(offset()));
    trial.made();
    trial.spool(5);
    await taken('with the wrong clock');
    if (n % 2 === 1) {
      child.kill('SIGTERM'); // the next one starts with it
      await end(child);
      child = start();
      trial.spool(2);
      await taken('with the wrong clock from the start');
    }
    await setTimeout(2_500); // its upkeep
    writeFileSync(file, '0');
    trial.spool(5);
    await taken('with the clock set right again');
    const payloads = trial.home.value('SELECT count(*) FROM events WHERE payload IS NULL');
    if (payloads !== 0) trial.problem(`${String(payloads)} payloads were removed`);
  }
  child.kill('SIGTERM');
  await end(child);
}
