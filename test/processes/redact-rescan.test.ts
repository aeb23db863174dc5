import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hexDigest } from '../../lib/base/digest.ts';
import { trimCode } from '../../lib/pattern/identify.ts';
import { FaultyApi } from '../support/faulty-api.ts';
import { payload, TrackerHome } from './tracker-home.ts';
import { unpackedBytes } from '../support/unpacked-rows.ts';

const CLI = resolve('dist/cli.cjs');
const RULES = `redaction:
  rules:
    - { name: staff-number, pattern: 'ACME-(\\d{6})', group: 1 }
    - { name: badge, pattern: 'badge of (\\w+)', group: 1 }
`;
/** How often a rescan is killed. */
const ROUNDS = 8;

let home: TrackerHome;
let api: FaultyApi;
let config: string;
beforeEach(async () => {
  api = await new FaultyApi().up();
  config = `api: { base_url: "${api.url}" }\ncourier: { idle_exit_seconds: 60 }\nspool: { partial_seconds: 0 }\n`;
  home = new TrackerHome(config);
});
afterEach(async () => {
  await home.remove();
  await api.down();
});

const cli = async (...args: string[]) => await home.cli(args);

interface RescanJson {
  readonly changed: Record<string, number>;
  readonly would_change: Record<string, number>;
  readonly redactions: Record<string, number>;
  readonly moved_patterns: number;
  readonly erasures: Record<string, number>;
}

async function rescan(...args: string[]): Promise<RescanJson> {
  const { exitCode, out, err } = await cli('redact', 'rescan', '--json', ...args);
  expect([exitCode, err]).toEqual([0, '']);
  return JSON.parse(out) as RescanJson;
}

let n = 0;
function event(fields: Record<string, unknown>): void {
  n += 1;
  const name = `${String(n).padStart(5, '0')}.settings`;
  home.spool(
    name,
    payload({ tool_use_id: `toolu_${n}`, session_id: `session-${n % 3}`, ...fields }),
  );
}

const write = (file: string, content: string, originalFile?: string) =>
  event({
    hook_event_name: 'PostToolUse',
    tool_name: 'Write',
    tool_input: { file_path: `/home/dev/project/${file}`, content },
    tool_response:
      originalFile === undefined ? { type: 'create' } : { type: 'update', originalFile },
  });

/** One of each place where a text may be stored. */
function spoolCalls(): void {
  write('a.ts', 'export const owner = "ACME-482915";\n');
  write('b.ts', 'export const owner = "ACME-482916";\n'); // becomes the same code as a.ts
  const [plain, child] = ['export const plain = 1;\n', 'export const plain = "ACME-482917";\n'];
  write('c.ts', plain);
  write('c.ts', child, plain);
  write('c.ts', `${child}export const more = 2;\n`, child); // a grandchild
  // Only the event as a whole tells that this is a secret.
  event({
    hook_event_name: 'PostToolUse',
    tool_name: 'Write',
    tool_input: { file_path: '/home/dev/project/d.ts', content: 'open("Zq81kdLm92");\n' },
    tool_response: { type: 'create', note: 'the badge of Zq81kdLm92' },
  });
  write('ACME-482918.ts', 'export const named = true;\n');
  event({
    hook_event_name: 'PostToolUseFailure',
    tool_name: 'Bash',
    tool_input: { command: 'fire ACME-482919' },
    error: 'no such person: ACME-482919',
  });
  event({
    hook_event_name: 'UserPromptSubmit',
    tool_use_id: undefined,
    prompt: 'who is ACME-482920?',
  });
}

/** A courier takes what waits and delivers it, and leaves. */
async function takeIn(isDone = () => true): Promise<void> {
  const courier = home.runCourier();
  await expect.poll(() => home.courierPid).toBeDefined();
  await home.settled();
  await expect.poll(isDone).toBe(true);
  await home.stop();
  await courier;
}

/** The files below the data folder that hold one of the secrets. */
function holders(): string[] {
  return readdirSync(home.paths.data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => /ACME-\d{6}|Zq81kdLm92/.test(unpackedBytes(path).toString('latin1')));
}

const outboxRows = () => home.value('SELECT count(*) FROM outbox');

/** Every pattern has the id of its code, and all invariants hold. */
async function expectSound(): Promise<void> {
  const patterns = home.rows('SELECT id, code FROM patterns') as { id: string; code: string }[];
  for (const { id, code } of patterns) expect(id).toBe(hexDigest(trimCode(code), 16));
  const { exitCode, out } = await cli('verify');
  expect([exitCode, out]).toEqual([0, expect.any(String)]);
}

describe('rules of the user', () => {
  it('hold in a running courier as soon as they are written, and events wait while one is broken', async () => {
    event({ hook_event_name: 'UserPromptSubmit', prompt: 'the first' });
    const courier = home.runCourier();
    await home.settled();
    home.configure(config + RULES); // it looks at its files before it takes in the next event
    event({ hook_event_name: 'UserPromptSubmit', prompt: 'ACME-482901' });
    await home.settled();
    home.configure(`${config}redaction: { rules: [{ name: x, pattern: '(zebra' }] }\n`);
    event({ hook_event_name: 'UserPromptSubmit', prompt: 'the second' });
    await expect
      .poll(() => home.courierState?.configError)
      .toMatch(/config\.yaml:4:22: redaction\.rules item 1: pattern: must be an expression/);
    expect(home.courierState?.configError).not.toContain('zebra');
    event({ hook_event_name: 'UserPromptSubmit', prompt: 'ACME-482902' });
    await expect.poll(() => home.courierState?.status).toBe('degraded');
    expect(home.value('SELECT count(*) FROM events')).toBe(2);
    home.configure(config + RULES);
    await home.settled();
    expect(
      home.rows(
        "SELECT json_extract(payload_text(payload), '$.prompt') AS prompt FROM events ORDER BY id",
      ),
    ).toEqual(
      [
        'the first',
        'ACME-[redacted:staff-number]',
        'the second',
        'ACME-[redacted:staff-number]',
      ].map((prompt) => ({ prompt })),
    );
    await home.stop();
    await courier;
    const { out } = await cli('redact', 'audit', '--json');
    expect(JSON.parse(out)).toMatchObject({
      rules: [{ rule: 'staff-number', project: '/home/dev/project', count: 2 }],
    });
  });

  it('hold in the thread that helps with a backlog', async () => {
    home.configure(config + RULES);
    for (let i = 0; i < 1_300; i++)
      event({ hook_event_name: 'UserPromptSubmit', prompt: `${i} ACME-482903` });
    await takeIn();
    expect(home.value('SELECT count(*) FROM events')).toBe(1_300);
    expect(holders()).toEqual([]);
  });

  it('keep events waiting when they are broken from the start', async () => {
    home.configure(`${config}redaction: { rules: [{ name: x, pattern: '(a' }] }\n`);
    event({ hook_event_name: 'UserPromptSubmit', prompt: 'who' });
    const courier = home.runCourier();
    await expect.poll(() => home.courierState?.status).toBe('degraded');
    expect(home.waiting).toHaveLength(1);
    home.configure(config + RULES);
    await home.settled();
    await home.stop();
    await courier;
  });
});

describe('redact rescan', () => {
  it('takes what new rules find out of all that is stored, and has the server delete the old code', async () => {
    spoolCalls();
    await takeIn(() => outboxRows() === 0);
    await api.down();
    write('e.ts', 'export const late = "ACME-482921";\n');
    const earlier = 'export const plain = "ACME-482917";\nexport const more = 2;\n';
    write('c.ts', earlier.replace('= 2', '= 3'), earlier);
    await takeIn();
    expect(outboxRows()).toBe(2);
    home.configure(config + RULES);

    const dry = await rescan('--dry-run');
    expect(dry.would_change).toMatchObject({ patterns: 8, tool_calls: 2 });
    expect(holders().length).toBeGreaterThan(0);
    const done = await rescan();
    expect(done.changed).toEqual(dry.would_change);
    expect(done).toMatchObject({ moved_patterns: 7, erasures: { http: 7 }, is_wiped: true });
    expect(holders()).toEqual([]);
    await expectSound();
    // a.ts and b.ts have the same code now; the children of c.ts still descend from it.
    expect(home.value('SELECT count(*) FROM patterns')).toBe(8);
    expect(
      home.rows(
        "SELECT generation, occurrences FROM patterns WHERE code LIKE '%owner%' OR code LIKE '%more%' ORDER BY generation",
      ),
    ).toEqual([
      { generation: 1, occurrences: 2 },
      { generation: 3, occurrences: 1 },
      { generation: 3, occurrences: 1 },
    ]);

    await api.up();
    const before = api.received.length;
    expect((await cli('breaker', 'reset')).exitCode).toBe(0);
    expect((await cli('flush')).exitCode).toBe(0);
    expect(outboxRows()).toBe(0);
    const sent = api.received.slice(before);
    expect(JSON.stringify(sent)).not.toMatch(/ACME-\d|Zq81kdLm92/);
    const known = new Set(
      home.rows('SELECT id FROM patterns').map((row) => (row as { id: string }).id),
    );
    expect(sent.every(({ pattern_id }) => known.has(pattern_id))).toBe(true);
    const deleted = api.requests.filter(({ method }) => method === 'DELETE');
    expect(deleted.length).toBe(7);
    expect(deleted.some(({ path }) => known.has(path.split('/').at(-1) ?? ''))).toBe(false);

    expect((await rescan()).changed).toEqual({});
  });

  it('goes on after it was killed at any moment', async () => {
    spoolCalls();
    for (let i = 0; i < 700; i++)
      write(`f${i}.ts`, `export const n${i} = "ACME-${482_000 + i}";\n`);
    await takeIn();
    await api.down();
    home.configure(config + RULES);
    const { database } = home.paths;
    const before = readFileSync(database);
    const startedAt = performance.now();
    const dry = await rescan('--dry-run');
    const usualMs = performance.now() - startedAt;
    let resumed = 0;
    for (let round = 0; round < ROUNDS; round++) {
      for (const suffix of ['-wal', '-shm']) writeFileSync(database + suffix, '');
      writeFileSync(database, before);
      const child = spawn(process.execPath, [CLI, 'redact', 'rescan'], {
        env: home.env,
        stdio: 'ignore',
      });
      const ended = new Promise((done) => child.on('close', done));
      // The first is killed once some of it is done, the others at any moment.
      const killer =
        round === 0
          ? undefined
          : setTimeout(() => child.kill('SIGKILL'), usualMs * (0.2 + round / ROUNDS));
      if (round === 0) {
        await expect
          .poll(() => home.value("SELECT 1 FROM meta WHERE key = 'redaction_rescan'"), {
            interval: 5,
          })
          .toBe(1);
        child.kill('SIGKILL');
      }
      await ended;
      clearTimeout(killer);
      if (home.value("SELECT 1 FROM meta WHERE key = 'redaction_rescan'") === 1) resumed += 1;
      await rescan();
      expect(holders()).toEqual([]);
      await expectSound();
      expect(home.value('SELECT count(*) FROM patterns')).toBe(700 + 6);
    }
    expect(dry.moved_patterns).toBe(705);
    expect(resumed).toBeGreaterThan(0);
  });
});
