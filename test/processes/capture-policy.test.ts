import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { FaultyApi } from '../support/faulty-api.ts';
import { OtlpCollector } from '../support/otlp-collector.ts';
import { TrackerHome } from './tracker-home.ts';
import { unpackedBytes } from '../support/unpacked-rows.ts';

const PAYLOADS = 'test/fixtures/payloads';
const SESSION = 'session-of-the-policy';

let home: TrackerHome | undefined;
let api: FaultyApi | undefined;
let collector: OtlpCollector | undefined;
afterEach(async () => {
  await home?.remove();
  await api?.down();
  await collector?.down();
});

/** What is marked in the texts of payloads. */
const MARKS = { text: 'zqtextzq', prompt: 'zqpromptzq', code: 'zqcodezq', path: 'zqpathzq' };
type Mark = keyof typeof MARKS;

/** Ids, names and words, which are kept whatever the policy. */
const NO_TEXT = new Set(
  [
    'session_id transcript_path agent_transcript_path cwd hook_event_name',
    'tool_use_id agent_id prompt_id tool_name agent_type permission_mode',
    'source trigger type edit_mode subagent_type level notification_type',
    'expansion_type command_source memory_type load_reason event status',
  ].flatMap((names) => names.split(' ')),
);
const PROMPTS = new Set(['prompt', 'custom_instructions', 'command_args']);
const PATHS = new Set(
  ['file_path filePath notebook_path path worktree_path worktreePath', 'old_cwd new_cwd'].flatMap(
    (names) => names.split(' '),
  ),
);
const CODE = new Set(['new_string', 'newString', 'new_source']);

function markOf(key: string, way: readonly string[], tool: unknown): Mark {
  if (PROMPTS.has(key)) return 'prompt';
  if (PATHS.has(key)) return 'path';
  const isWritten = key === 'content' && tool === 'Write';
  return CODE.has(key) || isWritten || way.includes('bashEditDiff') ? 'code' : 'text';
}

/** A payload with a mark in each of its texts; marks stand in front, so that no shortening takes them. */
function marked(value: unknown, tool: unknown, key = '', way: readonly string[] = []): unknown {
  if (typeof value === 'string') {
    if (NO_TEXT.has(key) || (key === 'reason' && way.length === 0)) return value;
    const mark = MARKS[markOf(key, way, tool)];
    // A line of a diff begins with its sign.
    if (key === 'lines') return value.slice(0, 1) + (value.startsWith('+') ? mark : MARKS.text);
    if (PATHS.has(key)) return value.replace(/([^/]*)$/, `${mark}$1`);
    return `${mark} ${value}`;
  }
  if (Array.isArray(value)) return value.map((item: unknown) => marked(item, tool, key, way));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => {
    return [name, marked(member, tool, name, [...way, key])] as const;
  });
  return Object.fromEntries(members);
}

const events = readdirSync(PAYLOADS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
  .map((name, index) => {
    const payload = JSON.parse(readFileSync(join(PAYLOADS, name), 'utf8')) as Record<
      string,
      unknown
    >;
    const id = payload['tool_use_id'] === undefined ? {} : { tool_use_id: `toolu_${index}` };
    const own = { ...payload, ...id, session_id: SESSION };
    return JSON.stringify(marked(own, payload['tool_name']));
  });

/** Hooks bring every event to a courier that delivers to a server and a collector. */
async function record(capture: string, isDelivered: boolean): Promise<void> {
  api = await new FaultyApi().up();
  collector = await new OtlpCollector().up();
  home = new TrackerHome(`
api: { base_url: '${api.url}' }
otlp: { endpoint: '${collector.url}', tool_details: true }
courier: { idle_exit_seconds: 1, linger_seconds: 30 }
capture: ${capture}
`);
  for (const event of events) home.capture(event);
  await home.settled();
  if (isDelivered) {
    await expect.poll(() => home?.value('SELECT count(*) FROM outbox')).toBe(0);
    expect(collector.spans.length).toBeGreaterThan(20);
  }
  await home.stop();
  expect(home.quarantined).toEqual([]);
}

/** Every byte below the home, and every byte that was sent. */
function everything(): Record<'stored' | 'server' | 'collector', Buffer> {
  const root = home?.folder ?? '';
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => join(root, name))
    .filter((path) => !path.endsWith('/node') && statSync(path).isFile());
  return {
    stored: Buffer.concat(files.map((path) => unpackedBytes(path, 'payload'))),
    server: Buffer.from((api?.requests ?? []).map(({ url, body }) => url + body).join('\n')),
    collector: Buffer.concat((collector?.requests ?? []).map(({ body }) => body)),
  };
}

function found(): Record<string, Mark[]> {
  const marks = Object.keys(MARKS) as Mark[];
  return Object.fromEntries(
    Object.entries(everything()).map(([place, bytes]) => [
      place,
      marks.filter((mark) => bytes.includes(MARKS[mark])),
    ]),
  );
}

const calls = () => home?.value('SELECT count(*) FROM tool_calls');
let callsInFull: unknown;

it('keeps every kind of text in full', async () => {
  await record('{ content: full }', true);
  expect(found()).toEqual({
    stored: ['text', 'prompt', 'code', 'path'],
    server: ['code', 'path'],
    collector: ['text', 'path'],
  });
  callsInFull = calls();
});

it('keeps with `code` of all texts only code and the paths of files', async () => {
  await record('{ content: code }', true);
  expect(found()).toEqual({
    stored: ['code', 'path'],
    server: ['code', 'path'],
    collector: ['path'],
  });
  expect(calls()).toBe(callsInFull);
});

it('keeps with `metadata` no text, but every call', async () => {
  await record('{ content: metadata }', true);
  expect(found()).toEqual({ stored: [], server: [], collector: [] });
  expect(calls()).toBe(callsInFull);
  expect(home?.value('SELECT count(*) FROM patterns')).toBe(0);
  expect(api?.received).toEqual([]);
});

it('keeps without `prompts` everything else', async () => {
  await record('{ prompts: false }', true);
  expect(found()).toEqual({
    stored: ['text', 'code', 'path'],
    server: ['code', 'path'],
    collector: ['text', 'path'],
  });
});

it('keeps nothing of a project with `none`', async () => {
  await record('{ projects: [{ path: /home/dev, content: none }] }', false);
  expect(found()).toEqual({ stored: [], server: [], collector: [] });
  expect(everything().stored.includes(SESSION)).toBe(false);
  expect(home?.value("SELECT value FROM counters WHERE name = 'excluded'")).toBe(events.length);
});

it('holds for a backlog too, which a second thread helps with', async () => {
  home = new TrackerHome('courier: { idle_exit_seconds: 0.3 }\ncapture: { content: metadata }\n');
  for (let n = 0; n < 3_000; n += 1) {
    home.spool(`${String(n).padStart(5, '0')}.settings`, events[n % events.length] ?? '');
  }
  expect(await home.runCourier()).toBe(0);
  expect(home.waiting).toEqual([]);
  expect(found()['stored']).toEqual([]);
});

it('ingests nothing while the policy cannot be read, and all of it once it can', async () => {
  const config = (content: string) =>
    `courier: { idle_exit_seconds: 30 }\ncapture: { content: ${content} }\n`;
  home = new TrackerHome(config('metdata'));
  for (const event of events.slice(0, 3)) home.capture(event);
  await expect.poll(() => home?.courierState?.status).toBe('degraded');
  expect(home.courierState?.reason).toMatch(/capture\.content must be one of full, code, metadata/);
  expect(home.waiting).toHaveLength(3);
  home.configure(config('metadata'));
  await home.settled();
  await home.stop();
  expect(found()['stored']).toEqual([]);
  expect(home.value('SELECT count(*) FROM events')).toBe(3);
});

it('is narrowed and widened while the courier runs', async () => {
  const config = (content: string) =>
    `courier: { idle_exit_seconds: 30 }\ncapture: { content: ${content} }\n`;
  home = new TrackerHome(config('full'));
  const prompt = (text: string) =>
    JSON.stringify({ session_id: SESSION, hook_event_name: 'UserPromptSubmit', prompt: text });
  home.capture(prompt('zqonezq'));
  await home.settled();
  home.configure(config('metadata'));
  home.capture(prompt('zqtwozq'));
  await home.settled();
  home.configure(config('full'));
  home.capture(prompt('zqthreezq'));
  await home.settled();
  await home.stop();
  const { stored } = everything();
  expect(['zqonezq', 'zqtwozq', 'zqthreezq'].map((text) => stored.includes(text))).toEqual([
    true,
    false,
    true,
  ]);
});
