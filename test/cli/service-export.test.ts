import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openServiceStore } from '../../lib/service/store/store-opening.ts';
import type { ServiceStore } from '../../lib/service/store/service-store.ts';
import { trackedEvent } from '../contracts/tracked-event.ts';
import { schemaFault } from '../support/published-schema.ts';
import { createDatabase } from '../support/shared-postgres.ts';

function throwawayFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'service-export-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function started(folder: string, database: string, args: readonly string[]) {
  const child = spawn(process.execPath, ['dist/cli.mjs', 'service', 'export', ...args], {
    env: {
      PATH: process.env['PATH'],
      PATTERN_TRACKER_HOME: folder,
      PATTERN_TRACKER_DATABASE: database,
      PATTERN_TRACKER_EXPORT_AUTHORIZATION: 'Bearer of-the-copy',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function run(folder: string, database: string, args: readonly string[]) {
  const child = started(folder, database, args);
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ]);
  return { out, err, code };
}

async function write(store: ServiceStore, from: number, count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, n) =>
    trackedEvent({ patternId: `p${from + n}` }),
  );
  await store.tenant('default').track(events);
}

const idsIn = (lines: string) =>
  lines
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { subject: string }).subject);

const ids = (count: number) => Array.from({ length: count }, (_, n) => `p${n}`);

describe.each(['SQLite', 'PostgreSQL'])('service export of %s', (kind) => {
  async function opened() {
    const folder = throwawayFolder();
    const database = kind === 'SQLite' ? join(folder, 'served.db') : await createDatabase();
    const store = await openServiceStore(database);
    onTestFinished(() => store.close());
    return { folder, database, store };
  }

  it('prints CloudEvents, a line each', async () => {
    const { folder, database, store } = await opened();
    await write(store, 0, 2);
    const { out, code } = await run(folder, database, ['--code']);
    expect(code).toBe(0);
    const [first] = out.split('\n');
    expect(JSON.parse(first ?? '')).toMatchObject({
      specversion: '1.0',
      id: expect.stringContaining('pattern_created-of-p0'),
      source: 'urn:claude-pattern-tracker:service:default',
      type: 'dev.claude-pattern-tracker.pattern_created',
      subject: 'p0',
      sequence: expect.stringMatching(/^\d{16}$/),
      data: { pattern_id: 'p0', code: 'export const p0 = 1;\n', file_path: '/w/app/queue.ts' },
    });
    expect(schemaFault('cloudevents-1.0', JSON.parse(first ?? ''))).toBeUndefined();
    const { sequence } = JSON.parse(first ?? '') as { sequence: string };
    const rest = await run(folder, database, ['--from', String(Number(sequence))]);
    expect(idsIn(rest.out)).toEqual(['p1']);
  });

  it('goes on in a file where it ended, also after a kill in the middle of a line', async () => {
    const { folder, database, store } = await opened();
    const file = join(folder, 'copy.jsonl');
    await write(store, 0, 3);
    const follower = started(folder, database, ['--follow', '--output', file]);
    const lines = () => (existsSync(file) ? readFileSync(file, 'utf8') : '');
    await expect.poll(() => idsIn(lines())).toEqual(ids(3));
    await write(store, 3, 2);
    await expect.poll(() => idsIn(lines())).toEqual(ids(5));
    await expect.poll(() => readFileSync(`${file}.offset`, 'utf8')).toMatch(/^\d+\n$/);
    follower.kill('SIGKILL');
    await once(follower, 'exit');
    appendFileSync(file, '{"specversion":"1.0","id":"half of a li');
    await write(store, 5, 2);
    const { code } = await run(folder, database, ['--output', file]);
    expect(code).toBe(0);
    const told = idsIn(lines());
    expect([...new Set(told)]).toEqual(ids(7));
    const ended = started(folder, database, ['--follow', '--output', file]);
    await write(store, 7, 1);
    await expect.poll(() => [...new Set(idsIn(lines()))]).toEqual(ids(8));
    ended.kill('SIGTERM');
    expect(await once(ended, 'exit')).toEqual([0, null]);
  });

  it('writes again what was cut off from a file, and nothing where the file was moved away', async () => {
    const { folder, database, store } = await opened();
    await write(store, 0, 5);
    const file = join(folder, 'copy.jsonl');
    await run(folder, database, ['--output', file]);
    const whole = readFileSync(file, 'utf8');
    for (const length of [whole.length - 7, whole.indexOf('\n') + 1, whole.indexOf('\n') + 9]) {
      truncateSync(file, length);
      expect((await run(folder, database, ['--output', file])).code).toBe(0);
      expect(readFileSync(file, 'utf8')).toBe(whole);
    }
    rmSync(file);
    await write(store, 5, 1);
    await run(folder, database, ['--output', file]);
    expect(idsIn(readFileSync(file, 'utf8'))).toEqual(ids(6).slice(5));
  });

  it('posts to an address until it is taken', async () => {
    const { folder, database, store } = await opened();
    await write(store, 0, 4);
    const bodies: string[] = [];
    let refusals = 2;
    const server = createServer(async (request, response) => {
      const body = await text(request);
      if (refusals-- > 0) return void response.writeHead(503).end();
      bodies.push(body);
      response.end(String(request.headers.authorization));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const offset = join(folder, 'copy.offset');
    const args = ['--to', url, '--offset-file', offset];
    const { code, err } = await run(folder, database, args);
    expect(code).toBe(0);
    expect(err).toContain('answered 503; trying again');
    expect(idsIn(bodies.join(''))).toEqual(ids(4));
    await write(store, 4, 1);
    await run(folder, database, args);
    expect(idsIn(bodies.join(''))).toEqual(ids(5));
    expect((await run(folder, database, ['--to', url])).err).toContain('--offset-file');
  });

  it('follows no redirection, which would lose the lines', async () => {
    const { folder, database, store } = await opened();
    await write(store, 0, 2);
    const methods: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      methods.push(request.method);
      if (request.method === 'GET') return void response.end('taken, it seems');
      response.writeHead(301, { location: '/elsewhere' }).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const offset = join(folder, 'copy.offset');
    const { code, err } = await run(folder, database, ['--to', url, '--offset-file', offset]);
    expect(code).not.toBe(0);
    expect(err).toContain('answered 301');
    expect(methods).toEqual(['POST']);
    expect(existsSync(offset)).toBe(false);
  });
});
