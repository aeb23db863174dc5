// `bench`, of the built program: on a home of its own, beside an installation that it must not touch.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { latencyVerdict } from '../../lib/cli/throwaway/latency-verdict.ts';
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

const bench = (args: string) => home.command(`bench ${args}`, { TMPDIR: temporary });

it.each(['--local', '--server'])(
  'measures each operation with %s, and leaves nothing',
  async (mode) => {
    const { exitCode, out, err } = await bench(`--ops 12 ${mode} --json`);
    expect([exitCode, err]).toEqual([expect.any(Number), '']);
    const shown = JSON.parse(out) as { average_ms: number; verdict: string };
    expect(shown).toMatchObject({ ops: 12, mode: mode.slice(2) });
    expect(shown.verdict).toBe(latencyVerdict(shown.average_ms));
    expect(exitCode).toBe(shown.verdict === 'critical' ? 1 : 0);
    expect(readdirSync(temporary)).toEqual([]);
    expect(existsSync(home.paths.database)).toBe(false);
    await until(() => processesNaming(temporary).length === 0, 'no courier is left');
  },
);

it('shows its progress and the verdict', async () => {
  const { out, err } = await bench('--ops 3');
  expect(out).toMatch(
    /^3 operations in the database in .*\nAverage .*\nHook .*\nVerdict {2}\w+\n$/,
  );
  expect(err).toContain('1 of 3 operations\n');
});

it('removes its home when it is interrupted, and the next one that of a killed one', async () => {
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    const child = spawn(process.execPath, [resolve('dist/cli.cjs'), 'bench', '--ops', '5000'], {
      env: { ...home.env, TMPDIR: temporary },
      stdio: 'ignore',
    });
    await until(() => readdirSync(temporary).length > 0, 'it has begun');
    const end = once(child, 'exit');
    child.kill(signal);
    await end;
    expect(readdirSync(temporary)).toHaveLength(signal === 'SIGINT' ? 0 : 1);
  }
  await until(() => processesNaming(temporary).length === 0, 'its courier leaves by itself');
  expect((await bench('--ops 1')).out).toContain('1 operation in the database');
  expect(readdirSync(temporary)).toEqual([]);
});

it.each([
  [99.9, 'normal'],
  [100, 'acceptable'],
  [500, 'slow'],
  [1000, 'slow'],
  [1000.1, 'critical'],
] as const)('calls %s ms %s', (ms, verdict) => {
  expect(latencyVerdict(ms)).toBe(verdict);
});

it.each(['--ops 0', '--ops many', '--local --server'])('refuses %s', async (args) => {
  expect((await bench(args)).exitCode).toBe(2);
});
