import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  newestTranscriptVersion,
  transcriptVersion,
} from '../../lib/claude-code/transcript-version.ts';
import { put } from '../install/fake-machine.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'transcripts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function transcript(...lines: readonly (object | string)[]): string {
  const path = join(folder, 'projects', '-home-dev', 'one.jsonl');
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  put(path, text.join('\n'));
  return path;
}

describe('transcriptVersion', () => {
  it('is that of the last record that names one', () => {
    const old = { type: 'user', version: '2.1.330' };
    const last = { type: 'assistant', version: '2.1.332' };
    expect(transcriptVersion(transcript(old, last, { type: 'mode' }, ''))).toBe('2.1.332');
  });

  it('is found beside records that are cut, and not in what a record holds', () => {
    const record = { type: 'user', version: '2.1.332', message: { version: '9.9.9' } };
    const other = { type: 'x', input: { version: '8.8.8' } };
    const cut = '{"type":"user","version":"7.7.7"';
    expect(transcriptVersion(transcript('x'.repeat(100_000), record, other, cut))).toBe('2.1.332');
  });

  it.each([
    ['a file that is not there', (path: string) => path],
    ['a file without records', (path: string) => (put(path, '\n'), path)],
    ['a FIFO', (path: string) => (execFileSync('mkfifo', [path]), path)],
  ])('is not known from %s', (_, make) => {
    expect(transcriptVersion(make(join(folder, 'x.jsonl')))).toBeUndefined();
  });
});

describe('newestTranscriptVersion', () => {
  it('is that of the transcript that was written last', () => {
    const other = join(folder, 'projects', '-srv', 'two.jsonl');
    put(other, '{"version":"2.1.1"}\n');
    transcript({ version: '2.1.2' });
    utimesSync(other, 1, 1);
    expect(newestTranscriptVersion(folder)).toBe('2.1.2');
  });

  it('is not known without transcripts', () => {
    expect(newestTranscriptVersion(folder)).toBeUndefined();
  });
});
