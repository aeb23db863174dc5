// Who lives: processes of other containers, stopped ones, and those that ended without a word.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCourier } from '../../lib/health/courier-facts.ts';
import { payload, TrackerHome } from './tracker-home.ts';

let home: TrackerHome;
beforeEach(() => (home = new TrackerHome()));
afterEach(() => home.remove());

const EVENT = payload({ hook_event_name: 'Stop' });
const APART = ['unshare', '-p', '-f', '--mount-proc'] as const;
const canPart = spawnSync(APART[0], [...APART.slice(1), 'true']).status === 0;

/** Runs hooks in a process namespace of its own, as in another container that has the same folder. */
function captureElsewhere(times: number, until = 'sleep 1'): void {
  const hook = resolve('hooks/capture.sh');
  const script = `for n in $(seq ${times}); do printf %s "$1" | "${hook}"; done; ${until}`;
  const run = spawnSync(APART[0], [...APART.slice(1), 'sh', '-c', script, 'sh', EVENT], {
    env: home.env,
    encoding: 'utf8',
  });
  expect([run.status, run.stdout, run.stderr]).toEqual([0, '', '']);
}

describe.skipIf(!canPart)('a courier in another container (needs root, for unshare)', () => {
  const starts = () => {
    const file = join(home.folder, 'starts');
    return existsSync(file) ? readFileSync(file, 'utf8').length : 0;
  };

  beforeEach(async () => {
    home.capture(EVENT);
    await home.settled();
    await expect.poll(() => home.courierState?.status).toBe('idle');
    const node = join(home.paths.home, 'node');
    rmSync(node);
    writeFileSync(
      node,
      `#!/bin/sh\nprintf x >>'${home.folder}/starts'\nexec '${process.execPath}' "$@"\n`,
    );
    chmodSync(node, 0o755);
  });

  it('takes what is captured here, and no other is started', async () => {
    captureElsewhere(10);
    await home.settled();
    expect([home.value('SELECT count(*) FROM events'), starts()]).toEqual([11, 0]);
  });

  it('has others started seldom while it is stopped', () => {
    const pid = home.courierPid ?? 0;
    process.kill(pid, 'SIGSTOP');
    rmSync(home.paths.courierHint); // as if it had run out
    // Whose courier does not get the lock, and leaves a mark.
    captureElsewhere(1, `until grep -q elsewhere '${home.paths.courierHint}'; do sleep 0.1; done`);
    const first = starts();
    captureElsewhere(5);
    expect([first, starts()]).toEqual([1, 1]);
    process.kill(pid, 'SIGCONT');
  });
});

it.skipIf(process.platform !== 'linux')('is said to be stalled while it is stopped', async () => {
  home.capture(EVENT);
  await home.settled();
  await expect.poll(() => readCourier(home.paths).status).toBe('idle');
  const pid = home.courierPid ?? 0;
  process.kill(pid, 'SIGSTOP');
  await expect.poll(() => readCourier(home.paths).status).toBe('stalled');
  expect(readCourier(home.paths).hint).toContain(`kill -CONT ${pid}`);
  process.kill(pid, 'SIGCONT');
  await expect.poll(() => readCourier(home.paths).status).toBe('idle');
});
