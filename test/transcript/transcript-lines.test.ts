import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  MAX_LINE_BYTES,
  transcriptLines,
} from '../../lib/transcript/claude-code/transcript-lines.ts';
import { Records, TranscriptFolder } from './sample-transcript.ts';

let folder: TranscriptFolder;
beforeEach(() => (folder = new TranscriptFolder()));
afterEach(() => folder.remove());

const uuids = (path: string, chunkBytes?: number) =>
  [...transcriptLines(path, chunkBytes)].map(({ record }) => record['uuid']);

it.each([1, 7, 64, 1024 * 1024])('are the same however much is read at once: %i bytes', (bytes) => {
  const make = new Records();
  const path = folder.write(
    'a.jsonl',
    make.prompt('é🍮\n'),
    make.done(),
    make.prompt('x'.repeat(500)),
  );
  expect(uuids(path, bytes)).toEqual(['uuid-1', 'uuid-2', 'uuid-3']);
});

it('leave out what tells nothing, what repeats, and what cannot be parsed', () => {
  const make = new Records();
  const repeating = { ...make.done(), uuid: 'again' };
  const path = folder.write(
    'a.jsonl',
    make.record('mode', { mode: 'normal' }),
    `{"type":"api-request-blob","message":${JSON.stringify(repeating)}}\n`,
    '\n\n{"type":"user" broken\n[1,"\\"type\\":\\"user\\""]\n"\\"type\\":\\"user\\""\n',
    make.prompt('one'),
    '{"type":"user","uuid":"half',
  );
  expect(uuids(path)).toEqual(['uuid-3']);
});

it('end with a last line that lacks its end but is whole', () => {
  const path = folder.write('a.jsonl', JSON.stringify(new Records().prompt('one')));
  expect(uuids(path)).toEqual(['uuid-1']);
});

it('pass over a line that is too long, and go on behind it', () => {
  const make = new Records();
  const path = folder.write('a.jsonl', make.prompt('one'));
  const long = make.prompt('x'.repeat(MAX_LINE_BYTES));
  writeFileSync(path, `${JSON.stringify(long)}\n${JSON.stringify(make.prompt('two'))}\n`, {
    flag: 'a',
  });
  expect(uuids(path)).toEqual(['uuid-1', 'uuid-3']);
});

it('are not read through a link', () => {
  const path = folder.write('a.jsonl', new Records().prompt('one'));
  const link = join(folder.path, 'link.jsonl');
  symlinkSync(path, link);
  expect(() => uuids(link)).toThrow('ELOOP');
});
