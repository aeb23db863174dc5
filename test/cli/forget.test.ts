import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fillSample, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

const patterns = () => sample.database.prepare('SELECT count(*) FROM patterns').pluck().get();

it('refuses a choice of everything, an empty one, and to erase without being sure', async () => {
  fillSample(sample);
  expect(await run(sample, 'forget --yes')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('nothing is named') as string,
  });
  expect(await run(sample, 'forget --match= --yes')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('--match is empty') as string,
  });
  expect(await run(sample, 'forget --match x')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('Give --yes') as string,
  });
  expect(await run(sample, 'forget --project nowhere --yes')).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('nothing was recorded in a project "nowhere"') as string,
  });
  expect(patterns()).toBe(4);
});

it('does nothing where nothing was recorded', async () => {
  expect(await run(sample, 'forget --match x --yes')).toEqual({
    exitCode: 0,
    out: 'Nothing was recorded yet.\n',
    err: '',
  });
  expect(existsSync(sample.paths.data)).toBe(false);
});

it('shows what would go, by kind and age, and changes nothing with --dry-run', async () => {
  fillSample(sample);
  const { out, exitCode } = await run(sample, 'forget --project app --dry-run');
  expect(exitCode).toBe(0);
  expect(out).toMatch(/^KIND +COUNT +OLDEST +NEWEST\n/);
  expect(out).toMatch(/\noccurrences +4 +2026-11-24/);
  expect(out).toMatch(/\npatterns +3\n/);
  expect(patterns()).toBe(4);
});

it('takes a glob for files, and the beginning of a pattern or a session', async () => {
  fillSample(sample);
  const removed = async (options: string) => {
    const { out } = await run(sample, `forget ${options} --dry-run --json`);
    return (JSON.parse(out) as { would_remove: { patterns: number } }).would_remove.patterns;
  };
  expect(await removed('--file **/*.css')).toBe(1);
  expect(await removed('--file src/queue.ts')).toBe(2);
  expect(await removed('--pattern ab0')).toBe(1);
  expect(await run(sample, 'forget --pattern 7c --dry-run')).toMatchObject({ exitCode: 2 });
});

it('names within Claude Code that the command is recorded', async () => {
  fillSample(sample);
  const env = { HOME: sample.folder, CLAUDECODE: '1' };
  const { err, exitCode } = await run(sample, 'forget --pattern ab0 --yes --json', { env });
  expect([exitCode, err]).toEqual([
    0,
    'Claude Code records this command, too: run it in a terminal of your own.\n',
  ]);
  expect(patterns()).toBe(3);
});
