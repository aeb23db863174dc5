import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { localTime } from '../../lib/base/time-text.ts';
import { MINUTE, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

const entry = (minutes: number, level: string, msg: string, fields: object = {}) =>
  JSON.stringify({
    level,
    time: new Date(NOW - minutes * MINUTE).toISOString(),
    pid: 7,
    msg,
    ...fields,
  });
const LINES = [
  entry(9, 'info', 'courier started', { version: '0.1.0' }),
  entry(5, 'error', '❌ [PatternTracker] API unavailable', { reason: 'it answered 503' }),
  'a line of somebody else \u001b[31mred',
  entry(1, 'error', 'ingest', {
    code: null,
    error: 'it broke',
    stack: 'Error: it broke\n    at x',
  }),
];

function writeLog(): void {
  mkdirSync(sample.paths.logs, { recursive: true });
  writeFileSync(sample.paths.logFile, `${LINES.join('\n')}\n`);
}

it('shows local time, level, message and fields, and below an error its stack', async () => {
  writeLog();
  const { exitCode, out } = await run(sample, 'logs');
  const time = (minutes: number) => localTime(NOW - minutes * MINUTE);
  expect(exitCode).toBe(0);
  expect(out).toBe(
    [
      `${time(9)}  info   courier started  pid=7  version=0.1.0`,
      `${time(5)}  error  ❌ [PatternTracker] API unavailable  pid=7  reason="it answered 503"`,
      'a line of somebody else red',
      `${time(1)}  error  ingest  pid=7  error="it broke"`,
      '  Error: it broke',
      '      at x',
      '',
    ].join('\n'),
  );
  expect((await run(sample, 'logs', { color: true })).out).toContain('\u001b[31merror\u001b[39m');
});

it('prints with --json the lines as they are stored, and no line that is no JSON', async () => {
  writeLog();
  const { out } = await run(sample, 'logs --json');
  expect(out).toBe([LINES[0], LINES[1], LINES[3], ''].join('\n'));
});

it.each([
  ['--level warn', 2],
  ['--since 6m', 2],
  ['--until 6m', 1],
  ['--since 6m --until 2m', 1],
  ['--grep UNAVAILABLE', 0], // a capital letter: case counts
  ['--grep unavailable', 1],
  ['--grep somebody', 1],
  ['--grep 503|broke', 2],
  ['--limit 1', 1],
  ['--limit 0', 4],
])('shows with %s what it asks for', async (options, count) => {
  writeLog();
  const { out } = await run(sample, `logs ${options}`);
  const shown = out.split('\n').filter((text) => /^20\d\d-|^a line/.test(text));
  expect(shown).toHaveLength(count);
  if (count === 0) expect(out).toBe(`No lines match in ${sample.paths.logFile}.\n`);
});

it('says where the log would be', async () => {
  expect((await run(sample, 'logs')).out).toBe(`No lines yet in ${sample.paths.logFile}.\n`);
  expect((await run(sample, 'logs --json')).out).toBe('');
});

it('follows with -f until Ctrl-C, and with --until until then', async () => {
  writeLog();
  const controller = new AbortController();
  const { exitCode } = await run(sample, 'logs -f', {
    interruption: () => controller.signal,
    out: (text) => void (text.includes('it broke') && controller.abort()),
  });
  expect(exitCode).toBe(0);
  expect((await run(sample, 'logs --follow --until 2m')).out).toContain('503');
});

it('refuses what is no regular expression', async () => {
  expect(await run(sample, 'logs --grep (')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('Expected a regular expression'),
  });
});
