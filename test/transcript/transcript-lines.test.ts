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

it('have the long texts of a line left out that is too long, and go on behind it', () => {
  const make = new Records();
  const path = folder.write('a.jsonl', make.prompt('one'));
  const text = 'x\\"'.repeat(MAX_LINE_BYTES / 4);
  const long = make.calls([['t1', 'Write', { file_path: 'a "quoted\\" name', content: text }]]);
  writeFileSync(path, `${JSON.stringify(long)}\n${JSON.stringify(make.prompt('two'))}\n`, {
    flag: 'a',
  });
  const tooLong: number[] = [];
  for (const chunkBytes of [undefined, 4093]) {
    const records = [...transcriptLines(path, chunkBytes, (bytes) => tooLong.push(bytes))];
    expect(records.map(({ record }) => record['uuid'])).toEqual(['uuid-1', 'uuid-2', 'uuid-3']);
    expect(records[1]?.record).toMatchObject({
      message: {
        content: [{ id: 't1', input: { file_path: 'a "quoted\\" name', content: null } }],
      },
    });
  }
  expect(tooLong).toEqual(Array(2).fill(Buffer.byteLength(JSON.stringify(long))));
});

it('say nothing of a long line that tells nothing, and know none that is too long without its texts', () => {
  const make = new Records();
  const rest = 'y'.repeat(MAX_LINE_BYTES);
  const path = folder.write(
    'a.jsonl',
    make.record('attachment', { attachment: { type: 'file', content: `"type":"user"${rest}` } }),
    `{"type":"api-request-blob","message":{"type":"user","text":"${rest}"}}\n`,
    `{"type":"user","message":[${'1,'.repeat(MAX_LINE_BYTES / 2)}1]}\n`,
    make.prompt('one'),
    `{"type":"user","message":"${rest}`,
  );
  const tooLong: number[] = [];
  const records = [...transcriptLines(path, undefined, (bytes) => tooLong.push(bytes))];
  expect(records.map(({ record }) => record['uuid'])).toEqual(['uuid-2']);
  expect(tooLong).toHaveLength(2);
});

it.each([
  ['a mark of the encoding', '\ufeff'],
  ['zero bytes', '\0'.repeat(4096)],
  [
    'a part of another record',
    '{"parentUuid":null,"type":"user","message":{"content":[{"type":"te',
  ],
])('are found behind what was left before them: %s', (_, left) => {
  const make = new Records();
  const path = folder.write('a.jsonl', left, make.prompt('{"type":"user"}'), make.done());
  expect(uuids(path)).toEqual(['uuid-1', 'uuid-2']);
});

it('are found where ends of lines are lacking', () => {
  const make = new Records();
  const records = [make.prompt('one'), make.calls([['t1', 'Bash', {}]]), make.result('t1', {})];
  const path = folder.write('a.jsonl', records.map((record) => JSON.stringify(record)).join(''));
  expect(uuids(path)).toEqual(['uuid-1', 'uuid-2', 'uuid-3']);
});

it('may have blanks between names and values', () => {
  const text = JSON.stringify(new Records().prompt('one'), null, 1).replaceAll(/\n */g, ' ');
  const path = folder.write('a.jsonl', `${text}\n`, new Records().prompt('one'));
  for (const chunkBytes of [undefined, 7])
    expect(uuids(path, chunkBytes)).toEqual(['uuid-1', 'uuid-1']);
});

it('are not read through a link', () => {
  const path = folder.write('a.jsonl', new Records().prompt('one'));
  const link = join(folder.path, 'link.jsonl');
  symlinkSync(path, link);
  expect(() => uuids(link)).toThrow('ELOOP');
});
