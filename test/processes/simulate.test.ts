// `simulate`, of the built program: each fault is really there, and is undone.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { OperatedHome } from './operated-home.ts';
import { processesNaming } from './tracker-home.ts';

let home: OperatedHome;
let temporary: string;
beforeEach(() => {
  home = new OperatedHome();
  temporary = join(home.folder, 'tmp');
  mkdirSync(temporary);
});
afterEach(() => home.remove());

const simulate = (args: string) => home.command(`simulate ${args}`, { TMPDIR: temporary });

it.each<[fault: string, what: (shown: Record<string, number>) => boolean]>([
  ['api-down', ({ trips = 0 }) => trips > 0],
  ['slow', ({ trips = 0 }) => trips > 0],
  ['partition', ({ trips = 0 }) => trips > 0],
  ['flapping', () => true],
  ['corrupt', ({ mended }) => `${mended}`.startsWith('Repaired')],
  ['disk-full', ({ dropped = 0 }) => dropped > 0],
])('makes %s, loses nothing that is not counted, and leaves nothing', async (fault, isThere) => {
  const { exitCode, out, err } = await simulate(`${fault} --for 6s --json`);
  const shown = JSON.parse(out) as Record<string, number>;
  expect([exitCode, err, shown]).toEqual([0, '', expect.objectContaining({ ok: true, lost: 0 })]);
  expect(isThere(shown)).toBe(true);
  expect(shown['received']).toBeGreaterThanOrEqual(shown['recorded'] ?? Infinity);
  expect(shown['written']).toBe((shown['recorded'] ?? 0) + (shown['dropped'] ?? 0));
  expect(readdirSync(temporary)).toEqual([]);
  await until(() => processesNaming(temporary).length === 0, 'no courier is left');
  expect(existsSync(home.paths.database)).toBe(false);
});

it('is undone by Ctrl-C, and leaves nothing running after a kill', async () => {
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    const child = spawn(
      process.execPath,
      [resolve('dist/cli.cjs'), 'simulate', 'api-down', '--for', '10m'],
      {
        env: { ...home.env, TMPDIR: temporary },
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    await until(() => out.includes('api-down  '), 'the fault is there');
    const end = once(child, 'exit');
    child.kill(signal);
    const [exitCode] = (await end) as [number | null];
    expect(exitCode).toBe(signal === 'SIGINT' ? 0 : null);
    expect(readdirSync(temporary)).toHaveLength(signal === 'SIGINT' ? 0 : 1);
    if (signal === 'SIGINT') expect(out).toMatch(/lost 0; .*\nAll was in order/);
  }
  await until(() => processesNaming(temporary).length === 0, 'its courier leaves by itself');
  expect((await simulate('flapping --for 1s')).exitCode).toBe(0);
  expect(readdirSync(temporary)).toEqual([]);
});

it.each(['flood', 'slow --for soon', 'slow --for 0s'])('refuses %s', async (args) => {
  expect((await simulate(args)).exitCode).toBe(2);
});
