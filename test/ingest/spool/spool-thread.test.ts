import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_DEFAULTS } from '../../../lib/config/config.ts';
import { createRedactor } from '../../../lib/redact/redact.ts';
import { ArrivalReader } from '../../../lib/ingest/arrival.ts';
import type { SpoolFile } from '../../../lib/ingest/spool/spool-reader.ts';
import { readAhead, SpoolThread } from '../../../lib/ingest/spool/spool-thread.ts';
import type { SpoolThreadOptions } from '../../../lib/ingest/spool/spool-thread.ts';
import { patience } from '../../support/patience.ts';

const BUNDLE = resolve('dist/spool-thread.cjs');
const LIMITS = {
  maxEventBytes: 1024 * 1024,
  maxStringBytes: 2_000,
  capture: CONFIG_DEFAULTS.capture,
};
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

/** One that has started, or was given up. It has all the time that it wants, unless `options` say otherwise. */
async function start(bundle = BUNDLE, options: SpoolThreadOptions = {}): Promise<SpoolThread> {
  const patient = { startMs: 240_000 * patience, answerMs: 240_000 * patience };
  const own = { rules: [], allow: [] };
  const thread = new SpoolThread(bundle, LIMITS, own, { ...patient, ...options });
  threads.push(thread);
  await thread.started();
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
  it('tells of every real event what the courier itself would find', async () => {
    const files = realEvents();
    const reader = new ArrivalReader(createRedactor(), LIMITS);
    const thread = await start();
    thread.read(files);
    for (const file of files) expect(thread.take(file)).toEqual(reader.read(file));
  });

  it('redacts', async () => {
    const secret = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;
    const file = spool(
      'a.settings',
      JSON.stringify({ session_id: 's', hook_event_name: 'Stop', text: secret }),
    );
    const thread = await start();
    thread.read([file]);
    const arrival = thread.take(file);
    expect(Object.values(arrival?.redactions ?? {})).toEqual([1]);
    expect(JSON.stringify(arrival)).not.toContain(secret);
  });

  it('leaves to the courier what is bad, gone or large', async () => {
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
    const thread = await start();
    thread.read(files);
    const told = files.map((file) => thread.take(file)?.spoolName);
    expect(told).toEqual(['good.settings', ...Array.from({ length: 4 }), 'good-too.settings']);
  });

  it('tells nothing of a file that it was not asked for, and goes on', async () => {
    const files = realEvents();
    const thread = await start();
    const [first, ...others] = files as [SpoolFile, ...SpoolFile[]];
    thread.read(others);
    expect(thread.take(first)).toBeUndefined();
    expect(others.filter((file) => !thread.take(file))).toEqual([]);
  });

  it('reads each batch while the one before it is in use, and keeps their order', async () => {
    const files = Array.from({ length: 300 }, (_, n) =>
      spool(`${n}.settings`, payloads[n % payloads.length] ?? ''),
    );
    const batches = [files.slice(0, 100), files.slice(100, 101), files.slice(101)];
    const thread = await start();
    const seen: (string | undefined)[] = [];
    for (const batch of readAhead(batches, thread)) {
      for (const file of batch) seen.push(thread.take(file)?.spoolName);
      void thread.remove(batch);
    }
    expect(seen).toEqual(files.map(({ name }) => name));
  });

  it('drops what nobody came for of a batch that failed', async () => {
    const files = realEvents();
    const thread = await start();
    thread.read(files.slice(0, 90));
    thread.read(files.slice(90));
    expect(thread.take(files[0] as SpoolFile)).toBeDefined();
    expect(files.slice(90).filter((file) => !thread.take(file))).toEqual([]);
    expect(thread.take(files[40] as SpoolFile)).toBeUndefined();
  });

  it('has removed everything when it has ended, gone files too', async () => {
    const files = realEvents();
    rmSync((files[3] as SpoolFile).path);
    const thread = await start();
    thread.read(files);
    await thread.remove(files);
    await thread.end();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says so when a file can not be removed', async () => {
    const thread = await start();
    await thread.remove([{ ...spool('a', ''), path: folder }]); // a folder is not unlinked
    const left: string[] = [];
    await thread.end(({ path }, { message }) => left.push(`${path} ${message}`));
    expect(left).toEqual([expect.stringMatching(/EISDIR|EPERM/)]);
  });

  it.each([
    ['is not there', undefined, /Cannot find module/],
    ['fails', 'throw new Error("broken")', /^broken$/],
    ['leaves', 'process.exit(0)', /^it has ended$/],
    ['never starts', 'setInterval(() => {}, 1000)', /^it did not start within 0.2 s$/],
    [
      'never answers',
      `require('node:worker_threads').parentPort.postMessage('ready'); setInterval(() => {}, 1000)`,
      /^it did not answer within 0.1 s$/,
    ],
  ])('is done without when its program %s, and says so once', async (what, program, reason) => {
    const bundle = join(folder, 'program.cjs');
    if (program !== undefined) writeFileSync(bundle, program);
    const files = realEvents();
    const reasons: string[] = [];
    const thread = await start(bundle, {
      onGivenUp: (text) => reasons.push(text),
      ...(what === 'never starts' ? { startMs: 200 } : {}),
      ...(what === 'never answers' ? { answerMs: 100 } : {}),
    });
    thread.read(files);
    await thread.remove(files);
    expect(files.map((file) => thread.take(file))).toEqual(files.map(() => undefined));
    await thread.end();
    expect(reasons).toEqual([expect.stringMatching(reason)]);
    expect(files.filter(({ path }) => existsSync(path))).toEqual([]);
  });
});
