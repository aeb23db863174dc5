import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fillSample, NOW, Sample } from './sample-database.ts';
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

it('shows it as well where there is nobody to ask, before it refuses', async () => {
  fillSample(sample);
  const dry = await run(sample, 'forget --project app --dry-run');
  const refused = 'error: there is nobody to ask\n  Give --yes if you are sure.\n';
  expect(await run(sample, 'forget --project app')).toEqual({
    exitCode: 2,
    out: dry.out,
    err: refused,
  });
  expect(await run(sample, 'forget --project app --json')).toMatchObject({ exitCode: 2, out: '' });
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

it('knows a file by every name that a call gave it', async () => {
  const real = join(sample.folder, 'real');
  mkdirSync(real);
  symlinkSync(real, join(sample.folder, 'link'));
  sample.session('s1');
  const read = (id: string, path: string, cwd: string) => {
    sample.toolCall('s1', id, { tool_name: 'Read', summary: path, at: NOW });
    sample.database
      .prepare(
        `INSERT INTO events (event_id, session_id, name, tool_use_id, received_at, size, payload)
         VALUES (?, 's1', 'PostToolUse', ?, ?, 1, ?)`,
      )
      .run(id, id, NOW, JSON.stringify({ cwd, tool_input: { file_path: path } }));
  };
  read('t1', 'sec.ts', real);
  read('t2', join(sample.folder, 'link/sec.ts'), '/');
  read('t3', `${real}/./a/../sec.ts`, '/');
  read('t4', 'sec.ts', sample.folder);
  for (const name of ['real/sec.ts', 'link/sec.ts']) {
    const { out } = await run(
      sample,
      `forget --file ${join(sample.folder, name)} --dry-run --json`,
    );
    expect(JSON.parse(out)).toMatchObject({ would_remove: { events: 3, tool_calls: 3 } });
  }
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
