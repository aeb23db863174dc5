import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CHECKS } from '../../lib/health/checks/checks.ts';
import { endCourier, layOutHome, writeHooks, writeSettings } from './installed-home.ts';
import { Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(async () => {
  await endCourier(sample);
  sample.remove();
});

const PATH = process.env['PATH'] ?? '';

it('passes on a sound installation, and starts a courier', async () => {
  layOutHome(sample);
  writeHooks(sample, { command: join(sample.paths.home, 'hooks', 'capture.sh'), args: [] });
  const bin = join(sample.folder, 'bin');
  mkdirSync(bin);
  for (const [name, text] of [
    ['claude', '#!/bin/sh\necho "2.1.330 (Claude Code)"\n'],
    ['pattern-tracker', '#!/bin/sh\n'],
  ] as const) {
    writeFileSync(join(bin, name), text, { mode: 0o755 });
  }
  const env = { HOME: sample.folder, PATH: `${bin}:${PATH}` };
  const { exitCode, out } = await run(sample, 'doctor --json', { env, now: Date.now });
  const report = JSON.parse(out) as { checks: { status: string }[] };
  expect(report.checks.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(report).toMatchObject({ ok: true, failed: 0, warned: 0 });
  expect(exitCode).toBe(0);
  expect(report.checks).toHaveLength(CHECKS.length);
});

it('says for each broken link how to mend it, and ends with 1', async () => {
  const { exitCode, out } = await run(sample, 'doctor', { env: { HOME: sample.folder, PATH: '' } });
  expect(exitCode).toBe(1);
  expect(out).toMatch(/^✗ Hooks registered {2}no hook .*\n {20}→ Run `pattern-tracker install`/m);
  expect(out).toMatch(/\n\d+ checks failed, \d+ warnings?\.\nLog: .*tracker\.log\n$/);
});

it('shows with DEBUG=1 where a check itself has failed', async () => {
  const broken = new Sample();
  try {
    mkdirSync(broken.paths.home, { recursive: true });
    writeFileSync(broken.paths.data, 'a file where the folder should be');
    const env = { HOME: broken.folder, PATH: '' };
    const plain = await run(broken, 'doctor', { env });
    expect(plain.out).toContain('Run it again with DEBUG=1, and report what it says.');
    expect(plain.err).toBe('');
    const { err } = await run(broken, 'doctor', { env: { ...env, DEBUG: '1' } });
    expect(err).toMatch(/^Error: ENOTDIR.*\n +at /);
  } finally {
    broken.remove();
  }
});

it('does not blame an installation by the plugin alone for hooks that it does not have', async () => {
  writeSettings(sample, { enabledPlugins: { 'pattern-tracker@pattern-tracker': true } });
  const env = { HOME: sample.folder, PATH };
  const { exitCode, out } = await run(sample, 'doctor --json', { env, now: Date.now });
  const { checks } = JSON.parse(out) as { checks: { id: string; status: string }[] };
  expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
  expect(exitCode).toBe(0);
});
