import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyApi } from '../support/faulty-api.ts';
import { tlsCertificate } from '../delivery/http/tls-certificate.ts';
import { layOutHome, writeHooks, writeSettings } from './installed-home.ts';
import { DAY, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => {
  sample = new Sample();
  mkdirSync(dirname(sample.paths.configFile), { recursive: true });
  layOutHome(sample);
  writeSettings(sample, { enabledPlugins: { 'claude-pattern-tracker@x': true } });
});
afterEach(() => sample.remove());

async function check(list = '', overrides = {}) {
  const { exitCode, out } = await run(sample, `check --json ${list}`, overrides);
  const { checks } = JSON.parse(out) as {
    checks: { id: string; status: string; detail: string }[];
  };
  const of = (id: string) => checks.find((one) => one.id === id);
  return { exitCode, of, ids: checks.map(({ id }) => id) };
}

it('passes where nothing was recorded yet, with a warning for what was never backed up', async () => {
  const { exitCode, of } = await check();
  expect(exitCode).toBe(0);
  expect(of('backup')).toMatchObject({
    status: 'ok',
    detail: expect.stringContaining('yet') as string,
  });
  expect(of('drift')).toMatchObject({ status: 'warn', detail: 'never backed up' });
  await run(sample, 'config backup');
  expect((await check()).of('drift')?.status).toBe('ok');
});

it('looks at other things in the evening than once a month', async () => {
  expect((await check('--evening')).ids).toEqual(
    'performance success_rate breaker slow backlog cache disk drift alerts'.split(' '),
  );
  const { ids } = await check('--monthly');
  expect(ids).toEqual(expect.arrayContaining(['store', 'backup', 'transport', 'tokens']));
});

it('fails when the file that hooks run is gone', async () => {
  const command = join(sample.paths.home, 'hooks', 'capture.sh');
  writeHooks(sample, { command });
  expect((await check()).of('recording')?.status).toBe('ok');
  rmSync(command);
  const { exitCode, of } = await check();
  expect(exitCode).toBe(1);
  expect(of('recording')).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining('capture.sh, a file of the hooks, is missing') as string,
  });
  expect(of('health')?.status).toBe('fail');
});

describe('the last backup', () => {
  const createdNow = () =>
    sample.database
      .prepare("UPDATE meta SET value = ? WHERE key = 'redactions_counted_since'")
      .run(`${NOW}`);
  const backupAfter = async (days: number) => {
    const { of, exitCode } = await check('', { now: () => NOW + days * DAY });
    return [of('backup')?.status, exitCode];
  };

  it('may be missing on the first day, and is needed within a week', async () => {
    createdNow();
    expect(await backupAfter(0.9)).toEqual(['ok', 0]);
    expect(await backupAfter(1.1)).toEqual(['warn', 0]);
    expect(await backupAfter(7.1)).toEqual(['fail', 1]);
  });

  it('is waited for as long as the first comparison with a transcript', async () => {
    createdNow();
    sample.session('s1');
    const completeness = async (days: number) =>
      (await check('', { now: () => NOW + days * DAY })).of('completeness')?.status;
    expect(await completeness(0.9)).toBe('ok');
    expect(await completeness(1.1)).toBe('warn');
    writeFileSync(sample.paths.configFile, 'transcripts: off\n');
    expect(await completeness(1.1)).toBe('ok');
  });

  it('is old after eight days, and too old after a month', async () => {
    sample.session('s1');
    await run(sample, 'backup', { now: () => NOW });
    expect(await backupAfter(7.9)).toEqual(['ok', 0]);
    expect(await backupAfter(8.1)).toEqual(['warn', 0]);
    expect(await backupAfter(31.1)).toEqual(['fail', 1]);
  });
});

describe('certificates', () => {
  const serve = async (name: 'loopback' | 'expired') => {
    const certificate = tlsCertificate(name);
    const api = await new FaultyApi({ tls: certificate }).up();
    writeFileSync(
      sample.paths.configFile,
      `api: { base_url: '${api.url}', ca_file: '${certificate.caFile}' }\n`,
    );
    return api;
  };

  it.each([
    ['loopback', 'ok', 0],
    ['expired', 'fail', 1],
  ] as const)('%s is %s', async (name, status, exitCode) => {
    const api = await serve(name);
    try {
      const checked = await check('', { now: () => Date.parse('2026-11-28T12:00:00Z') });
      expect([checked.of('certificates')?.status, checked.of('api')?.status]).toEqual([
        status,
        status,
      ]);
      expect(checked.exitCode).toBe(exitCode);
    } finally {
      await api.down();
    }
  });

  it('are not known where nothing answers', async () => {
    const file = join(sample.folder, 'none.pem');
    writeFileSync(
      sample.paths.configFile,
      `api: { base_url: 'https://127.0.0.1:9', ca_file: '${file}' }\n`,
    );
    const { of } = await check();
    expect(of('certificates')).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(/127\.0\.0\.1:9: not known.*none\.pem: not known/) as string,
    });
  });
});
