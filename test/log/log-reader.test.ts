import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trackerPaths } from '../../lib/base/paths.ts';
import type { TrackerPaths } from '../../lib/base/paths.ts';
import type { EntryFilter } from '../../lib/log/log-entry.ts';
import { readLog } from '../../lib/log/log-reader.ts';
import { openLog } from '../../lib/log/pino-log.ts';

const NOW = Date.UTC(2026, 10, 24, 12);

let folder: string;
let paths: TrackerPaths;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pattern-tracker-logs-'));
  paths = trackerPaths(join(folder, 'home'));
  mkdirSync(paths.logs, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function line(msg: string, fields: object = {}): string {
  const time = new Date(NOW).toISOString();
  return `${JSON.stringify({ level: 'info', time, pid: 7, msg, ...fields })}\n`;
}

async function messages(limit: number, filter: EntryFilter = {}): Promise<string[]> {
  const found: string[] = [];
  for await (const entries of readLog(paths.logFile, { filter, limit })) {
    found.push(...entries.map(({ message }) => message));
  }
  return found;
}

describe('what is there', () => {
  beforeEach(() => {
    writeFileSync(`${paths.logFile}.10`, line('a') + line('b'));
    writeFileSync(`${paths.logFile}.2.gz`, gzipSync(line('c') + line('d')));
    writeFileSync(`${paths.logFile}.1`, `${line('e')}no JSON\n\n["odd"]\n`);
    writeFileSync(paths.logFile, `${line('f')}${line('g')}{"msg":"half a li`);
    writeFileSync(`${paths.logFile}.bak`, line('no log of ours'));
  });

  it('is read from the oldest rotated file to the log, without a line that is being written', async () => {
    const all = ['a', 'b', 'c', 'd', 'e', 'no JSON', '["odd"]', 'f', 'g'];
    expect(await messages(-1)).toEqual(all);
    for (let limit = 0; limit <= all.length + 1; limit++) {
      expect(await messages(limit)).toEqual(all.slice(Math.max(0, all.length - limit)));
    }
  });

  it('is nothing where there is no log', async () => {
    rmSync(paths.logs, { recursive: true });
    expect(await messages(20)).toEqual([]);
  });

  it('can be a log that somebody filled with one endless line', async () => {
    writeFileSync(paths.logFile, `${'x'.repeat(5_000_000)}\n${line('after')}`);
    const [long = '', after] = await messages(2);
    expect([long.length, after]).toEqual([1_000_000, 'after']);
  });
});

describe('a filter', () => {
  const at = (minutes: number) => ({ time: new Date(NOW + minutes * 60_000).toISOString() });
  beforeEach(() => {
    writeFileSync(
      paths.logFile,
      [
        line('one', { level: 'debug', ...at(1) }),
        line('two', { level: 'info', ...at(2), port: 8053 }),
        'three has no level\n',
        line('four', { level: 'warn', ...at(4), reason: 'it answered 503' }),
        line('five', { level: 'error', ...at(5), stack: 'Error: deep\n    at place' }),
      ].join(''),
    );
  });

  it.each<[string, EntryFilter, string[]]>([
    ['a level', { level: 'info' }, ['two', 'four', 'five']],
    ['a more urgent level', { level: 'error' }, ['five']],
    ['a begin', { since: NOW + 4 * 60_000 }, ['four', 'five']],
    ['an end', { until: NOW + 4 * 60_000 }, ['one', 'two']],
    ['a word', { pattern: /three|port=8053/ }, ['two', 'three has no level']],
    ['words of a field', { pattern: /reason="it answered/ }, ['four']],
    ['a word of a stack, which is no part of the text', { pattern: /place/ }, []],
  ])('can be %s', async (_, filter, expected) => {
    expect(await messages(-1, filter)).toEqual(expected);
  });

  it('comes before the limit', async () => {
    expect(await messages(1, { level: 'info', until: NOW + 5 * 60_000 })).toEqual(['four']);
  });
});

describe('following', () => {
  let controller: AbortController;
  let seen: string[];
  let ended: Promise<void>;
  beforeEach(() => {
    controller = new AbortController();
    seen = [];
  });
  afterEach(async () => {
    controller.abort();
    await ended;
  });

  function follow(options: { until?: number; clock?: () => number; limit?: number } = {}): void {
    const { until, clock = () => NOW, limit = 1 } = options;
    const entries = readLog(paths.logFile, {
      filter: {},
      limit,
      follow: { signal: controller.signal, until, clock, intervalMs: 1 },
    });
    ended = (async () => {
      for await (const some of entries) seen.push(...some.map(({ message }) => message));
    })();
  }

  async function untilSeen(...expected: string[]): Promise<void> {
    await expect.poll(() => seen, { timeout: 20_000 }).toEqual(expected);
  }

  it('begins with the last lines, and goes on with those that are added', async () => {
    writeFileSync(paths.logFile, line('a') + line('b'));
    follow();
    await untilSeen('b');
    const [first, ...others] = line('c');
    appendFileSync(paths.logFile, first ?? '');
    appendFileSync(paths.logFile, others.join('') + line('d'));
    await untilSeen('b', 'c', 'd');
  });

  it('goes on with a line that was half written when it began', async () => {
    const text = line('später');
    writeFileSync(paths.logFile, line('a') + text.slice(0, 60));
    follow();
    await untilSeen('a');
    appendFileSync(paths.logFile, text.slice(60));
    await untilSeen('a', 'später');
  });

  it('waits for a log that is not there yet', async () => {
    follow();
    writeFileSync(paths.logFile, line('a'));
    await untilSeen('a');
  });

  it('survives rotation, also two at once, and loses no line', async () => {
    writeFileSync(paths.logFile, line('a'));
    follow();
    await untilSeen('a');
    appendFileSync(paths.logFile, line('b'));
    renameSync(paths.logFile, `${paths.logFile}.2`);
    writeFileSync(`${paths.logFile}.1`, line('c'));
    writeFileSync(paths.logFile, line('d'));
    await untilSeen('a', 'b', 'c', 'd');
    appendFileSync(paths.logFile, line('e'));
    renameSync(paths.logFile, `${paths.logFile}.1`);
    await untilSeen('a', 'b', 'c', 'd', 'e');
    writeFileSync(paths.logFile, line('f'));
    await untilSeen('a', 'b', 'c', 'd', 'e', 'f');
  });

  it('goes on where the log was emptied or removed', async () => {
    writeFileSync(paths.logFile, line('a longer line'));
    follow();
    await untilSeen('a longer line');
    truncateSync(paths.logFile);
    appendFileSync(paths.logFile, line('b'));
    await untilSeen('a longer line', 'b');
    rmSync(paths.logFile);
    writeFileSync(paths.logFile, line('c'));
    await untilSeen('a longer line', 'b', 'c');
  });

  it('sees all that our own log writes while it rotates', async () => {
    const logging = {
      level: 'info',
      max_size_mb: 0.001,
      max_age_days: 30,
      backup_count: 100,
    } as const;
    const log = openLog(paths, logging, { clock: () => NOW, pid: 7, clean: (text) => text });
    follow({ limit: -1 });
    const expected = Array.from({ length: 60 }, (_, n) => `line ${n} ${'x'.repeat(50)}`);
    for (const [n, text] of expected.entries()) {
      log.info(text);
      await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(n + 1);
    }
    expect(seen).toEqual(expected);
    await log.close();
    expect(existsSync(`${paths.logFile}.1`)).toBe(true);
  });

  it('ends when its time is over', async () => {
    let now = NOW;
    writeFileSync(paths.logFile, line('a'));
    follow({ until: NOW + 1, clock: () => now });
    await untilSeen('a');
    now += 1;
    await ended;
    expect(controller.signal.aborted).toBe(false);
  });
});
