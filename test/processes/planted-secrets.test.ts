// A secret in every field of every event that is known, on its way through hook, courier, server and collector.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isJsonObject } from '../../lib/base/json.ts';
import type { Json, JsonObject } from '../../lib/base/json.ts';
import { times } from '../support/depth.ts';
import { FaultyApi } from '../support/faulty-api.ts';
import { OtlpCollector } from '../support/otlp-collector.ts';
import { everyKind, everythingIn, readings, tracesOf } from './planted-kinds.ts';
import { TrackerHome } from './tracker-home.ts';
import { unpackedBytes } from '../support/unpacked-rows.ts';

const FIXTURES = 'test/fixtures/payloads';
const EVENTS = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(join(FIXTURES, file), 'utf8')) as JsonObject);
/** Whatever of a secret is left, this is in it. */
const MARK = 'PLANTED';

let planted = 0;
let home: TrackerHome;
let api: FaultyApi;
let collector: OtlpCollector;
beforeEach(async () => {
  api = await new FaultyApi().up();
  collector = await new OtlpCollector().up();
  home = new TrackerHome(
    `api: { base_url: '${api.url}' }\notlp: { endpoint: '${collector.url}', content: true }\n`,
  );
});
afterEach(async () => {
  await home.remove();
  await api.down();
  await collector.down();
});

/** A token as GitHub makes them, with a number that tells where it was planted. */
function secret(): string {
  planted += 1;
  return `ghp_${MARK}${String(planted).padStart(5, '0')}aB3dE5gH7jK9mN1pQ3rS5tU7`;
}

/** Adds a secret to every text but those under the names in `spared`, and a member that is one. */
function plant(value: Json, spared: ReadonlySet<string>, next = () => ` ${secret()}`): Json {
  if (typeof value === 'string') return value + next();
  if (Array.isArray(value)) return value.map((item: Json) => plant(item, spared, next));
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([name, member]): [string, Json] => [
    name,
    spared.has(name) && typeof member === 'string' ? member : plant(member, spared, next),
  ]);
  return Object.fromEntries([...members, [next(), next()]]);
}

/** The event as text, with a member before the one that JSON.parse shows. */
function twice(event: Json): string {
  return JSON.stringify(event).replace(
    '{',
    () => `{"session_id":"${secret()}","cwd":"${secret()}",`,
  );
}

/** Every file that holds the mark. */
function filesWithMark(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => unpackedBytes(path).includes(MARK))
    .map((path) => path.slice(folder.length));
}

it('is stored nowhere and sent nowhere', async () => {
  const repositories = [join(home.folder, 'clean'), join(home.folder, secret())];
  for (const repository of repositories) {
    mkdirSync(join(repository, '.git'), { recursive: true });
    writeFileSync(join(repository, '.git/HEAD'), `ref: refs/heads/${secret()}\n`);
  }
  const rounds: readonly ((event: JsonObject) => Json)[] = [
    (event) => event, // only what JSON.parse does not show
    // What an event is about has to stay, or much of the courier would not look at it.
    (event) => plant(event, new Set(['hook_event_name', 'tool_name', 'cwd', 'type'])),
    (event) => plant(event, new Set()),
  ];
  let captured = 0;
  for (const planting of rounds) {
    for (const event of EVENTS) {
      const cwd = repositories[captured % 2] ?? '';
      const whole = { ...event, cwd, reason: event['reason'] ?? 'why', source: 'startup' };
      home.capture(twice(planting(whole)));
      captured += 1;
    }
  }
  await home.settled();
  await expect.poll(() => home.value('SELECT count(*) FROM outbox')).toBe(0);
  await home.stop();

  expect(home.quarantined).toEqual([]);
  expect(home.value("SELECT value FROM counters WHERE name = 'redactions'")).toBeGreaterThan(
    planted / 3,
  );
  expect(home.value('SELECT count(*) FROM events')).toBeGreaterThan(captured / 3);
  expect(home.value('SELECT count(*) FROM patterns')).toBeGreaterThan(5);
  expect(home.value('SELECT count(*) FROM sessions WHERE git_branch IS NOT NULL')).toBeGreaterThan(
    0,
  );
  const requests = [...everythingSent()].map(([, text]) => text);
  expect([api.received.length > 5, collector.spans.length > 5]).toEqual([true, true]);
  expect(requests.filter((request) => request.includes(MARK))).toEqual([]);
  expect(filesWithMark(join(home.folder, '.claude'))).toEqual([]);
});

it('is stored nowhere and sent nowhere, of whatever kind it is', async () => {
  const kinds = everyKind(times(1, Date.now()));
  let index = 0;
  // In depth, every field holds several; all of them are planted many times then.
  const together = times(1, 6);
  const next = (): string => {
    const some = Array.from({ length: together }, () => kinds[index++ % kinds.length]?.text ?? '');
    return `\n${some.join('\n')}\n`;
  };
  const rounds: readonly ((event: JsonObject) => Json)[] = [
    (event) => plant(event, new Set(['hook_event_name', 'tool_name', 'cwd', 'type']), next),
    (event) => plant(event, new Set(), next),
  ];
  let captured = 0;
  for (const planting of rounds) {
    for (const event of EVENTS) {
      home.capture(JSON.stringify(planting({ ...event, source: 'startup' })));
      captured += 1;
    }
  }
  expect(kinds.length).toBeGreaterThan(3_000);
  expect(index).toBeGreaterThan(kinds.length);
  await home.settled();
  await expect.poll(() => home.value('SELECT count(*) FROM outbox')).toBe(0);
  await home.stop();

  expect(home.quarantined).toEqual([]);
  expect(home.value('SELECT count(*) FROM events')).toBeGreaterThan(captured / 3);
  expect([api.received.length > 5, collector.spans.length > 5]).toEqual([true, true]);
  const places = [
    ...everythingIn(join(home.folder, '.claude')),
    ...packedCells(),
    ...everythingSent(),
  ];
  const kept = kinds.flatMap((planted) =>
    tracesOf(planted).flatMap((trace) =>
      places
        .filter(([, text]) => text.includes(trace))
        .map(([place]) => ({ kind: planted.kind, trace, place })),
    ),
  );
  expect(kept).toEqual([]);
});

// --- internal ---

/** What the server and the collector received. */
function* everythingSent(): Generator<readonly [place: string, text: string]> {
  for (const { url, headers, body } of api.requests)
    yield ['server', JSON.stringify([url, headers, body])];
  for (const { headers, body } of collector.requests) {
    yield ['collector', JSON.stringify(headers)];
    yield* readings('collector', body);
  }
}

/** What cells of the database hold packed. */
function* packedCells(): Generator<readonly [place: string, text: string]> {
  const tables = home.rows("SELECT name FROM sqlite_schema WHERE type = 'table'") as {
    name: string;
  }[];
  for (const { name } of tables) {
    for (const row of home.rows(`SELECT * FROM "${name}"`) as Record<string, unknown>[]) {
      for (const [column, cell] of Object.entries(row)) {
        if (Buffer.isBuffer(cell)) yield* readings(`${name}.${column}`, cell);
      }
    }
  }
}
