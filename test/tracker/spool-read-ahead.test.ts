import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAhead, SpoolReadAhead } from '../../lib/tracker/spool-read-ahead.ts';
import { readSpoolFile } from '../../lib/tracker/spool-reader.ts';
import type { SpoolFile } from '../../lib/tracker/spool-reader.ts';

let folder: string;
let ahead: SpoolReadAhead;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-ahead-'));
  ahead = new SpoolReadAhead(1_000);
});

afterEach(async () => {
  await ahead.end();
  rmSync(folder, { recursive: true, force: true });
});

function spoolFile(name: string, text?: string): SpoolFile {
  const path = join(folder, name);
  if (text !== undefined) writeFileSync(path, text);
  return { name, path, size: text?.length ?? 0, writtenAt: 0 };
}

describe('reading ahead', () => {
  it('gives every batch in order, and from the second on with the bytes of its files', async () => {
    const texts = Array.from({ length: 10 }, (_, index) => [`{"n":${index}}`, `"é 😀 ${index}"`]);
    const batches = texts.map((batch, b) => batch.map((text, n) => spoolFile(`${b}-${n}`, text)));
    const seen: (string | undefined)[][] = [];
    const withBytes: boolean[] = [];
    for await (const batch of readAhead(batches, ahead)) {
      seen.push(batch.map(readSpoolFile));
      withBytes.push(batch.every(({ bytes }) => bytes !== undefined));
    }
    expect(seen).toEqual(texts);
    expect(withBytes).toEqual([false, ...Array.from({ length: 9 }, () => true)]);
  });

  it('leaves to the courier what is gone, empty, or larger than there is room', async () => {
    const files = [
      spoolFile('a', 'before'),
      spoolFile('gone'),
      spoolFile('empty', ''),
      spoolFile('large', 'x'.repeat(1_000)),
      spoolFile('z', 'after'),
    ];
    const read = await ahead.read(files);
    expect(read.map(({ bytes }) => bytes?.toString())).toEqual([
      'before',
      undefined,
      undefined,
      undefined,
      'after',
    ]);
    expect(read.map(readSpoolFile)).toEqual(['before', undefined, '', 'x'.repeat(1_000), 'after']);
  });

  it('leaves all to the courier once the thread has ended', async () => {
    const files = [spoolFile('a', 'text')];
    const asked = ahead.read(files);
    await ahead.end();
    await asked;
    expect(await ahead.read(files)).toBe(files);
    await ahead.remove(files);
    expect(existsSync(join(folder, 'a'))).toBe(false);
  });
});

describe('removing beside', () => {
  it('removes files, whether they are there or gone', async () => {
    await ahead.remove([spoolFile('a', 'text'), spoolFile('gone'), spoolFile('b', 'text')]);
    expect(existsSync(join(folder, 'a')) || existsSync(join(folder, 'b'))).toBe(false);
  });

  it('throws for what can not be removed, after it has removed the others', async () => {
    mkdirSync(join(folder, 'stays'));
    const files = [spoolFile('stays'), spoolFile('b', 'text')];
    await expect(ahead.remove(files)).rejects.toThrow(/stays/);
    expect(existsSync(join(folder, 'b'))).toBe(false);
  });
});
