import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRedactor } from '../../../lib/redact/redact.ts';
import { ArrivalReader } from '../../../lib/ingest/arrival.ts';
import type { SpoolFile } from '../../../lib/ingest/spool/spool-reader.ts';
import { readAhead, SpoolThread } from '../../../lib/ingest/spool/spool-thread.ts';

const BUNDLE = resolve('dist/spool-thread.cjs');
const LIMITS = { maxEventBytes: 1024 * 1024, maxStringBytes: 2_000 };
const PAYLOADS = 'test/fixtures/payloads';

const payloads = readdirSync(PAYLOADS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
  .map((name) => readFileSync(join(PAYLOADS, name), 'utf8'));

let folder: string;
let threads: SpoolThread[] = [];
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'spool-thread-'))));
afterEach(async () => {
  for (const thread of threads) await thread.end().catch(() => {});
  threads = [];
  rmSync(folder, { recursive: true, force: true });
});

function start(bundle = BUNDLE): SpoolThread {
  const thread = new SpoolThread(bundle, LIMITS, { rules: [], allow: [] });
  threads.push(thread);
  return thread;
}

function spool(name: string, text: string, writtenAt = 1_700_000_000_000.5): SpoolFile {
  const path = join(folder, name);
  writeFileSync(path, text);
  return { name, path, writtenAt, size: Buffer.byteLength(text) };
}

const realEvents = () =>
  payloads.map((text, n) => spool(`${n}.${n % 3 ? 'settings' : 'plugin'}`, text));

describe('the thread that helps with a backlog', () => {
  it('tells of every real event what the courier itself would find', () => {
    const files = realEvents();
    const reader = new ArrivalReader(createRedactor(), LIMITS);
    const thread = start();
    thread.read(files);
    for (const file of files) expect(thread.take(file)).toEqual(reader.read(file));
  });

  it('redacts', () => {
    const secret = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;
    const file = spool(
      'a.settings',
      JSON.stringify({ session_id: 's', hook_event_name: 'Stop', text: secret }),
    );
    const thread = start();
    thread.read([file]);
    const arrival = thread.take(file);
    expect(Object.values(arrival?.redactions ?? {})).toEqual([1]);
    expect(JSON.stringify(arrival)).not.toContain(secret);
  });

  it('leaves to the courier what is bad, gone or large', () => {
    const event = (text: string) =>
      JSON.stringify({ session_id: 's', hook_event_name: 'Stop', text });
    const files = [
      spool('good.settings', event('x')),
      spool('half.settings', event('x').slice(0, -5)),
      spool('empty.settings', ''),
      spool('large.settings', event('x'.repeat(300_000))),
      { ...spool('gone.settings', ''), path: join(folder, 'gone') },
      spool('good-too.settings', event('y')),
    ];
    const thread = start();
    thread.read(files);
    const told = files.map((file) => thread.take(file)?.spoolName);
    expect(told).toEqual(['good.settings', ...Array.from({ length: 4 }), 'good-too.settings']);
  });

  it('tells nothing of a file that it was not asked for, and goes on', () => {
    const files = realEvents();
    const thread = start();
    const [first, ...others] = files as [SpoolFile, ...SpoolFile[]];
    thread.read(others);
    expect(thread.take(first)).toBeUndefined();
    expect(others.filter((file) => !thread.take(file))).toEqual([]);
  });

  it('reads each batch while the one before it is in use, and keeps their order', () => {
    const files = Array.from({ length: 300 }, (_, n) =>
      spool(`${n}.settings`, payloads[n % payloads.length] ?? ''),
    );
    const batches = [files.slice(0, 100), files.slice(100, 101), files.slice(101)];
    const thread = start();
    const seen: (string | undefined)[] = [];
    for (const batch of readAhead(batches, thread)) {
      for (const file of batch) seen.push(thread.take(file)?.spoolName);
      void thread.remove(batch);
    }
    expect(seen).toEqual(files.map(({ name }) => name));
  });

  it('drops what nobody came for of a batch that failed', () => {
    const files = realEvents();
    const thread = start();
    thread.read(files.slice(0, 90));
    thread.read(files.slice(90));
    expect(thread.take(files[0] as SpoolFile)).toBeDefined();
    expect(files.slice(90).filter((file) => !thread.take(file))).toEqual([]);
    expect(thread.take(files[40] as SpoolFile)).toBeUndefined();
  });

  it('has removed everything when it has ended, gone files too', async () => {
    const files = realEvents();
    rmSync((files[3] as SpoolFile).path);
    const thread = start();
    thread.read(files);
    await thread.remove(files);
    await thread.end();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says so when a file can not be removed', async () => {
    const thread = start();
    await thread.remove([{ ...spool('a', ''), path: folder }]); // a folder is not unlinked
    const left: string[] = [];
    await thread.end(({ path }, { message }) => left.push(`${path} ${message}`));
    expect(left).toEqual([expect.stringMatching(/EISDIR|EPERM/)]);
  });

  it.each([
    ['is not there', undefined],
    ['fails', 'throw new Error("broken")'],
    ['leaves', 'process.exit(0)'],
    ['never answers', 'setInterval(() => {}, 1000)'],
  ])('is done without when its program %s', async (_, program) => {
    const bundle = join(folder, 'program.cjs');
    if (program !== undefined) writeFileSync(bundle, program);
    const files = realEvents();
    const thread = start(bundle);
    thread.read(files);
    await thread.remove(files);
    expect(files.map((file) => thread.take(file))).toEqual(files.map(() => undefined));
    await thread.end();
    expect(files.filter(({ path }) => existsSync(path))).toEqual([]);
  });
});
