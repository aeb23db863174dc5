import { beforeEach, describe, expect, it } from 'vitest';
import { SILENT_LOG, withoutRepeats } from '../../lib/log/tracker-log.ts';
import type { TrackerLog } from '../../lib/log/tracker-log.ts';

const HOUR = 3_600_000;

let now: number;
let lines: string[];
let log: TrackerLog;
beforeEach(() => {
  now = Date.UTC(2026, 10, 24, 12);
  lines = [];
  const kept: TrackerLog = {
    ...SILENT_LOG,
    info: (message) => void lines.push(message),
    error: (what, error) => void lines.push(`${what}: ${String(error)}`),
    unforeseen: (what, error) => void lines.push(`${what}: ${String(error)}`),
  };
  log = withoutRepeats(kept, () => now);
});

const fail = (error = 'no token file') => log.error('Delivery failed', error);

describe('an error that comes again every second', () => {
  it('is written once, and again after an hour', () => {
    for (let second = 0; second < 3_600; second += 1) {
      fail();
      now += 1_000;
    }
    expect(lines).toEqual(['Delivery failed: no token file']);
    fail();
    expect(lines).toHaveLength(2);
  });

  it('keeps no other error from being written, also when two come by turns', () => {
    for (let turn = 0; turn < 3; turn += 1) {
      fail();
      fail('others can read it');
      log.error('Ingest failed', 'no token file');
    }
    expect(lines).toEqual([
      'Delivery failed: no token file',
      'Delivery failed: others can read it',
      'Ingest failed: no token file',
    ]);
  });

  it('does not fill the memory where each has another text', () => {
    for (let n = 0; n < 1_000; n += 1) fail(`attempt ${n}`);
    expect(lines).toHaveLength(1_000);
  });

  it('is written again after something went well', () => {
    fail();
    log.info('API available again');
    fail();
    expect(lines).toHaveLength(3);
  });

  it('is written again when the clock was set back', () => {
    fail();
    now -= HOUR;
    fail();
    expect(lines).toHaveLength(2);
  });
});

describe('an unforeseen error', () => {
  it('is written once for each place where it is thrown, whatever its words', () => {
    const here = (words: string) => new Error(words);
    const there = (words: string) => new Error(words);
    for (const file of ['1', '2']) {
      log.unforeseen('Set aside', here(`file ${file}`));
      log.unforeseen('Set aside', there(`file ${file}`));
      log.unforeseen('Set aside', 'no error at all');
    }
    expect(lines).toEqual([
      'Set aside: Error: file 1',
      'Set aside: Error: file 1',
      'Set aside: no error at all',
    ]);
  });
});
