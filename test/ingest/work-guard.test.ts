import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SpoolFile } from '../../lib/ingest/spool/spool-reader.ts';
import { OutOfTimeError, WorkGuard } from '../../lib/ingest/work-guard.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'work-guard-'));
  path = join(folder, 'work.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string): SpoolFile => ({ name, path: name, size: 1, writtenAt: 0 });
const limits = { togetherMs: 50, aloneMs: 50 };
const forEver = () => {
  for (;;);
};

describe('a guard that finds a note', () => {
  it.each([
    ['half of one', '{"fil', undefined],
    ['of many files', '{"file":null,"strikes":0}', undefined],
    ['of one file, for the first time', '{"file":"a","strikes":0}', undefined],
    ['of one file, for the third time', '{"file":"a","strikes":2}', 'a'],
    ['of a file that is not of the spool', '{"file":"../a","strikes":2}', undefined],
    ['that is no note', '[]', undefined],
  ])('%s is careful', (_, note, guilty) => {
    writeFileSync(path, note);
    const guard = new WorkGuard(path);
    expect([guard.recover(), guard.isCareful, guard.mustPart([file('b')])]).toEqual([
      guilty,
      true,
      true,
    ]);
    guard.endCare();
    expect(guard.isCareful).toBe(false);
  });

  it('works as ever when there is none, or when it cannot be written', () => {
    mkdirSync(path);
    const guard = new WorkGuard(path);
    expect([guard.recover(), guard.isCareful]).toEqual([undefined, false]);
    let done = 0;
    guard.during([file('a')], () => (done += 1));
    expect(done).toBe(1);
  });
});

describe('work', () => {
  it('leaves a note while it lasts, with the name of a file that stands alone', () => {
    const guard = new WorkGuard(path);
    const notes: string[] = [];
    const read = () => void notes.push(readFileSync(path, 'utf8'));
    guard.during([file('a')], read);
    guard.during([file('a'), file('b')], read);
    expect(notes).toEqual(['{"file":"a","strikes":0}', '{"file":null,"strikes":0}']);
    expect(() => readFileSync(path)).toThrow('ENOENT');
  });

  it('is broken off in a loop and in a search that takes for ever', () => {
    const guard = new WorkGuard(path, limits);
    expect(() => guard.during([file('a')], forEver)).toThrow(OutOfTimeError);
    const search = () => void /^(a+)+$/.test(`${'a'.repeat(60)}b`);
    expect(() => guard.during([file('b'), file('c')], search)).toThrow(OutOfTimeError);
  });

  it('counts against a file only alone, and no longer once it succeeds', () => {
    const guard = new WorkGuard(path, limits);
    const attempt = (work: () => void, ...names: string[]) => {
      try {
        guard.during(names.map(file), work);
      } catch {
        // it was broken off
      }
    };
    for (let time = 0; time < 4; time += 1) attempt(forEver, 'a', 'b');
    attempt(forEver, 'a');
    attempt(forEver, 'a');
    expect([guard.isGuilty(file('a')), guard.mustPart([file('a')])]).toEqual([false, true]);
    attempt(() => {}, 'a');
    expect(guard.mustPart([file('a')])).toBe(false);
    for (let time = 0; time < 3; time += 1) attempt(forEver, 'a');
    expect([guard.isGuilty(file('a')), guard.isGuilty(file('b'))]).toEqual([true, false]);
  });
});
