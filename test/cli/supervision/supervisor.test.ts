// Programs that are real and misbehave as they are told.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { supervise } from '../../../lib/cli/supervision/supervisor.ts';
import type { SupervisorEvent } from '../../../lib/cli/supervision/supervisor.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'supervise-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A service: `behave` runs before it listens, `answer` for each request. It notes its starts. */
function program(behave: string, answer = 'response.end()'): [string, ...string[]] {
  const file = join(folder, 'service.cjs');
  writeFileSync(
    file,
    `const { createServer } = require('node:http');
const fs = require('node:fs');
fs.appendFileSync(${JSON.stringify(join(folder, 'starts'))}, 'x');
const start = fs.readFileSync(${JSON.stringify(join(folder, 'starts'))}, 'utf8').length;
${behave}
const server = createServer((request, response) => { ${answer} });
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ url: 'http://127.0.0.1:' + server.address().port })));
process.on('SIGTERM', () => process.exit(0));
`,
  );
  return [process.execPath, file];
}

const starts = () => readFileSync(join(folder, 'starts'), 'utf8').length;

/** Supervises until `until` says of an event that it is enough, or it gives up. */
async function supervised(
  command: [string, ...string[]],
  {
    until = () => false,
    ...options
  }: { until?: (event: SupervisorEvent) => boolean; restarts?: number; readyMs?: number } = {},
) {
  const events: SupervisorEvent[] = [];
  const stop = new AbortController();
  const end = await supervise(
    {
      command,
      env: process.env,
      restarts: 3,
      probeEveryMs: 20,
      readyMs: 60_000,
      steadyMs: 600_000,
      waitMs: 1,
      ...options,
      onEvent: (event) => {
        events.push(event);
        if (until(event)) stop.abort();
      },
    },
    stop.signal,
  );
  return { end, events, kinds: events.map(({ kind }) => kind) };
}

it('starts a program again that crashes, waits twice as long each time, and gives up in the end', async () => {
  const { end, events, kinds } = await supervised(program('process.exit(3);'));
  expect(end).toBe('given up');
  expect(kinds).toEqual(['restarting', 'restarting', 'restarting', 'given up']);
  expect(events.map((event) => ('waitMs' in event ? event.waitMs : 0))).toEqual([1, 2, 4, 0]);
  expect(events.at(-1)).toEqual({ kind: 'given up', why: 'it ended with 3' });
  expect(starts()).toBe(4);
});

it('is content once the program runs, and ends it with itself', async () => {
  const { end, kinds } = await supervised(program('if (start < 3) process.exit(1);'), {
    until: ({ kind }) => kind === 'ready',
  });
  expect([end, kinds]).toEqual(['stopped', ['restarting', 'restarting', 'ready']]);
});

it('gives up at once what was called wrongly', async () => {
  const { kinds } = await supervised(program('process.exit(2);'));
  expect([kinds, starts()]).toEqual([['given up'], 1]);
});

it('does not start again what was ended in order', async () => {
  const { end, kinds } = await supervised(program('process.exit(0);'));
  expect([end, kinds]).toEqual(['stopped', []]);
});

it('ends and starts again what no longer answers', async () => {
  const hangs =
    'if (start > 1) response.end(); else { response.statusCode = 500; response.end(); }';
  const { events } = await supervised(program('', hangs), {
    until: (event) => event.kind === 'ready' && starts() === 2,
  });
  expect(events.map(({ kind }) => kind)).toEqual(['ready', 'restarting', 'ready']);
  expect(events[1]).toMatchObject({ why: 'it did not answer 3 times in a row' });
});

it('ends and starts again what does not get ready', async () => {
  const late =
    "if (start === 1) { setInterval(() => {}, 1000); process.on('SIGTERM', () => process.exit(0)); return; }";
  const { events } = await supervised(program(late), {
    readyMs: 5_000,
    until: (event) => event.kind === 'ready',
  });
  expect(events[0]).toMatchObject({ kind: 'restarting', why: 'it was not ready after 5 s' });
});

it('takes a program that is not there for one that crashes', async () => {
  appendFileSync(join(folder, 'starts'), '');
  const { end } = await supervised([join(folder, 'nothing')], { restarts: 1 });
  expect(end).toBe('given up');
});
