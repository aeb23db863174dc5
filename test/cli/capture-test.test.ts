import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

interface Report {
  readonly ok: boolean;
  readonly session_id: string;
  readonly steps: readonly { id: string; ok: boolean; found: string; mend: string | null }[];
}

async function capture(argv = ''): Promise<Report & { exitCode: number }> {
  const env = { HOME: sample.folder, PATH };
  const { exitCode, out } = await run(sample, `capture-test --json ${argv}`, {
    env,
    now: Date.now,
  });
  return { exitCode, ...(JSON.parse(out) as Report) };
}

/** The last step, which is the one that broke. */
async function broken(argv = '') {
  const report = await capture(argv);
  expect(report).toMatchObject({ exitCode: 1, ok: false });
  const step = report.steps.at(-1);
  return { id: step?.id, found: step?.found ?? '', mend: step?.mend ?? '' };
}

function hook(text: string): string {
  const file = join(sample.paths.home, 'hooks', 'capture.sh');
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

describe('capture-test', () => {
  it.each([
    ['in the exec form', (file: string) => ({ command: file, args: [] })],
    ['through a shell', (file: string) => ({ command: `'${file}' ensure` })],
  ])('follows an event through the registered hook to the database, %s', async (_, form) => {
    layOutHome(sample);
    writeHooks(sample, form(join(sample.paths.home, 'hooks', 'capture.sh')));
    const report = await capture();
    expect(report.steps.map(({ id, ok }) => `${id} ${ok}`)).toEqual([
      'hook true',
      'hook_run true',
      'spool true',
      'courier true',
      'database true',
    ]);
    expect(report).toMatchObject({ exitCode: 0, ok: true });
    expect(report.session_id).toMatch(/^capture-test-[0-9a-f-]{36}$/);
    const shown = await run(sample, 'tool-calls --json --all');
    expect(JSON.parse(shown.out)).toMatchObject([
      { session_id: report.session_id, tool_name: 'Read', outcome: 'ok', project_root: null },
    ]);
    expect((await run(sample, 'tool-calls --json')).out).toBe('[]\n');
    expect((await run(sample, 'sessions --json')).out).toBe('[]\n');
  });

  it('says for people what it did, and that Claude Code does not call the hook', async () => {
    layOutHome(sample);
    const env = { HOME: sample.folder, PATH };
    const { exitCode, out } = await run(sample, 'capture-test', { env, now: Date.now });
    expect(exitCode).toBe(0);
    expect(out.match(/^✓/gm)).toHaveLength(5);
    expect(out).toContain('It works, but Claude Code does not call it yet');
  });

  it('says that nothing is installed', async () => {
    expect(await broken()).toMatchObject({ id: 'hook', mend: 'Run `pattern-tracker install`.' });
  });

  it('says that hooks are disabled', async () => {
    layOutHome(sample);
    writeSettings(sample, { disableAllHooks: true });
    expect((await broken()).found).toContain('"disableAllHooks" is true in');
  });

  it.each([
    ['ends with an exit code', '#!/bin/sh\nexit 2\n', 'PreToolUse: it ended with 2'],
    ['prints something', '#!/bin/sh\ncat\n', 'PreToolUse: it printed "{"session_id"'],
    ['can not be started', '#!/gone/interpreter\n', 'PreToolUse: spawn'],
  ])('says that the hook %s', async (_, text, found) => {
    layOutHome(sample);
    writeHooks(sample, { command: hook(text), args: [] });
    const step = await broken();
    expect(step.id).toBe('hook_run');
    expect(step.found).toContain(found);
  });

  it('says that the hook dropped the event', async () => {
    layOutHome(sample);
    writeHooks(sample, {
      command: hook(`#!/bin/sh\nprintf w >>'${sample.paths.drops}'\n`),
      args: [],
    });
    expect((await broken()).found).toContain('the hook could not write the event');
  });

  it('says that the hook dropped the event because the spool is full', async () => {
    layOutHome(sample);
    writeHooks(sample, {
      command: hook(`#!/bin/sh\nprintf f >>'${sample.paths.drops}'\n`),
      args: [],
    });
    writeFileSync(sample.paths.spoolFull, '');
    expect((await broken()).found).toContain('the spool is full');
  });

  it('says that the spool is full', async () => {
    layOutHome(sample);
    writeHooks(sample, { command: hook('#!/bin/sh\n'), args: [] });
    writeFileSync(sample.paths.spoolFull, '');
    expect(await broken()).toMatchObject({ id: 'spool' });
  });

  it('says that no courier lives while events wait', async () => {
    layOutHome(sample);
    rmSync(join(sample.paths.home, 'dist'));
    writeHooks(sample, { command: join(sample.paths.home, 'hooks', 'capture.sh'), args: [] });
    expect(await broken('--timeout 0')).toMatchObject({ id: 'courier' });
  });

  it('says that the capture policy may exclude its call', async () => {
    layOutHome(sample);
    writeFileSync(sample.paths.configFile, 'capture: { exclude_tools: [Read] }\n');
    expect(await broken('--timeout 5')).toMatchObject({
      id: 'database',
      found: expect.stringContaining('`capture.exclude_tools` may keep nothing of it') as string,
    });
  });

  it('says that the event never arrived', async () => {
    layOutHome(sample);
    writeHooks(sample, { command: hook('#!/bin/sh\n'), args: [] });
    const step = await broken('--timeout 0');
    expect(step.id).toBe('database');
    expect(step.found).toContain('not there after 0 ms');
  });
});
