import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FaultyApi } from '../support/faulty-api.ts';
import type { Behaviour, TakenEvent } from '../support/faulty-api.ts';
import { patience } from '../support/patience.ts';
import { payload, TrackerHome } from './tracker-home.ts';

let homes: TrackerHome[] = [];
let servers: FaultyApi[] = [];

afterEach(async () => {
  for (const home of homes) await home.remove();
  for (const server of servers) await server.down();
  homes = [];
  servers = [];
});

async function makeServer(
  options?: ConstructorParameters<typeof FaultyApi>[0],
): Promise<FaultyApi> {
  const server = await new FaultyApi(options).up();
  server.strict = true;
  servers.push(server);
  return server;
}

/** For servers that are late; others get so much time that no busy machine makes them late. In seconds. */
const SHORT = 0.4 * patience;

/** A home whose courier delivers to `server`, with short waits between attempts. */
function makeHome(server: FaultyApi, config = '', timeout = 60): TrackerHome {
  const home = new TrackerHome(
    `api: { base_url: '${server.url}' }
pattern_tracking: { timeout: ${timeout} }
resilience:
  circuit_breaker: { recovery_timeout: 0.3, slow_call_seconds: 30, failure_threshold: 3 }
  retry: { base_delay: 0.05, max_delay: 0.2 }
${config}`,
  );
  homes.push(home);
  return home;
}

/** The nth write of a file: each is modified from the one before. */
function write(n: number, file = 'a.ts', session = 'session-1'): string {
  return payload({
    session_id: session,
    hook_event_name: 'PostToolUse',
    tool_name: 'Write',
    tool_input: {
      file_path: `/home/dev/project/${file}`,
      content: `export const version = ${n}; // ${file}`,
    },
    tool_response: { type: n === 0 ? 'create' : 'update' },
    tool_use_id: `toolu_${file}_${n}`,
  });
}

/** Captures the writes 0 to `count` of a file, one after the other. */
function capture(home: TrackerHome, count: number, file = 'a.ts'): void {
  for (let n = 0; n < count; n++)
    home.spool(`${file}-${String(n).padStart(4, '0')}.settings`, write(n, file));
  home.capture(payload({ hook_event_name: 'SessionStart', session_id: 'session-1' }), 'ensure');
}

const eventIds = (server: FaultyApi) => [...server.events.keys()];
const waiting = (home: TrackerHome) =>
  home.value('SELECT count(*) FROM outbox WHERE dead_at IS NULL');
const dead = (home: TrackerHome) =>
  home.value('SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL');
const phase = (home: TrackerHome) =>
  home.value("SELECT json_extract(state, '$.phase') FROM breakers WHERE sink = 'http'");
const lastError = (home: TrackerHome) =>
  String(home.value("SELECT last_error FROM sinks WHERE sink = 'http'"));

async function everythingArrives(
  home: TrackerHome,
  server: FaultyApi,
  count: number,
): Promise<void> {
  await expect.poll(() => [eventIds(server).length, waiting(home)]).toEqual([count, 0]);
  expect(dead(home)).toBe(0);
}

/** Parents come before their children, or the strict server would have refused them. */
function inOrder(server: FaultyApi, file: string): number[] {
  const versions = [...server.events.values()]
    .filter(({ file_path: path }) => String(path).endsWith(file))
    .map(({ pattern_data }) =>
      Number(/version = (\d+)/.exec(String((pattern_data as { code: string }).code))?.[1]),
    );
  return versions;
}

describe('delivery by the courier', () => {
  it('sends what was captured to the configured server, as the contract says', async () => {
    const server = await makeServer({ token: 'secret-token' });
    const home = makeHome(server);
    home.configure(`api: { base_url: '${server.url}', token: secret-token }\n`);
    capture(home, 3);
    await everythingArrives(home, server, 3);
    const events = [...server.events.values()] as TakenEvent[];
    expect(events.map(({ event_type }) => event_type)).toEqual([
      'pattern_created',
      'pattern_modified',
      'pattern_modified',
    ]);
    expect(events[1]).toMatchObject({
      pattern_type: 'code',
      pattern_version: '1.0.0',
      pattern_name: 'a.ts',
      tool_name: 'Write',
      file_path: '/home/dev/project/a.ts',
      language: 'typescript',
      parent_pattern_ids: [events[0]?.pattern_id],
      edge_type: 'modified_from',
      triggered_by: 'claude-code',
      pattern_data: {
        code: 'export const version = 1; // a.ts',
        generation: 2,
        session_id: 'session-1',
        tool_use_id: 'toolu_a.ts_1',
      },
    });
    expect(server.requests[0]?.path).toBe('/lineage/track/batch');
  });

  it('sends nothing without a server, and nothing while tracking is off', async () => {
    const server = await makeServer();
    const home = makeHome(server);
    home.configure(`api: { base_url: '${server.url}' }\npattern_tracking: { enabled: false }\n`);
    capture(home, 2);
    await home.settled();
    expect([waiting(home), server.requests]).toEqual([0, []]);
    home.configure('');
    capture(home, 2, 'b.ts');
    await home.settled();
    expect([waiting(home), server.requests]).toEqual([0, []]);
  });

  it('takes its server from no variable of the environment that hooks run in', async () => {
    const server = await makeServer();
    const home = makeHome(server);
    home.configure('');
    home.env['INTELLIGENCE_SERVICE_URL'] = server.url;
    capture(home, 2);
    await home.settled();
    expect([waiting(home), server.requests]).toEqual([0, []]);
  });

  it('tells a server of earlier patterns when something comes of them', async () => {
    const server = await makeServer();
    const home = makeHome(server);
    home.configure('');
    capture(home, 2);
    await home.settled();
    home.configure(`api: { base_url: '${server.url}' }\n`);
    home.capture(write(2));
    await everythingArrives(home, server, 3);
    expect(inOrder(server, '')).toEqual([0, 1, 2]);
  });

  const late = /has not answered within/;
  const outages: [name: string, behaviour: Behaviour, says: RegExp, timeout?: number][] = [
    ['accepts and never answers', { kind: 'hang' }, late, SHORT],
    ['answers after the deadline', { kind: 'late', ms: 2_250 * SHORT }, late, SHORT],
    ['cuts the connection in mid-answer', { kind: 'reset' }, /has cut the connection/],
    ['answers 500', { kind: 'status', status: 500 }, /500: behaves as 500/],
    ['answers 502', { kind: 'status', status: 502 }, /502/],
    ['answers 503', { kind: 'status', status: 503 }, /503/],
    ['answers 504', { kind: 'status', status: 504 }, /504/],
    ['answers 401', { kind: 'status', status: 401 }, /401/],
    [
      'answers 400 in a page of its own',
      { kind: 'reply', status: 400, body: '<html>The plain HTTP request was sent to HTTPS port' },
      /answers 400 with no JSON, not the lineage API: is api\.base_url right\?/,
    ],
    ['sends what is no JSON', { kind: 'not-json' }, /not one of the lineage API/],
    ['sends a body of 1 GB', { kind: 'huge', bytes: 2 ** 30 }, /longer than \d+ bytes/],
    ['redirects', { kind: 'redirect', to: 'http://127.0.0.1:1/elsewhere' }, /redirects to http/],
    ['drips', { kind: 'drip', ms: 125 * SHORT }, late, SHORT],
  ];
  it.each(outages)('rides out a server that %s', async (_, behaviour, says, timeout) => {
    const server = await makeServer();
    server.behaviour = behaviour;
    const home = makeHome(server, '', timeout);
    capture(home, 4);
    await expect.poll(() => phase(home)).toBe('open');
    expect(lastError(home)).toMatch(says);
    expect([waiting(home), dead(home)]).toEqual([4, 0]);
    server.behaviour = { kind: 'well' };
    await everythingArrives(home, server, 4);
    expect(inOrder(server, 'a.ts')).toEqual([0, 1, 2, 3]);
    await expect.poll(() => phase(home)).toBe('closed');
  });

  it('rides out a server that is not there', async () => {
    const server = await makeServer();
    await server.down();
    const home = makeHome(server);
    capture(home, 4);
    await expect.poll(() => phase(home)).toBe('open');
    expect(lastError(home)).toMatch(/refuses connections/);
    await server.up();
    await everythingArrives(home, server, 4);
  });

  it('rides out 429, and waits as long as it is told', async () => {
    const server = await makeServer();
    server.behaviour = { kind: 'status', status: 429, retryAfter: '1' };
    const home = makeHome(server);
    capture(home, 4);
    await expect.poll(() => server.requests.length).toBe(1);
    const askedAt = Date.now();
    server.behaviour = { kind: 'well' };
    await everythingArrives(home, server, 4);
    expect(Date.now() - askedAt).toBeGreaterThan(900);
    expect(home.value("SELECT json_extract(state, '$.trips') FROM breakers")).toBe(0);
  });

  it('makes a dead letter of what the server refuses, and delivers the rest', async () => {
    const server = await makeServer();
    const refuses = ({ file_path: path }: TakenEvent) => String(path).endsWith('bad.ts');
    server.behaviour = { kind: 'refuse', refuses };
    const home = makeHome(server);
    capture(home, 1, 'bad.ts');
    capture(home, 3, 'good.ts');
    await expect
      .poll(() => [eventIds(server).length, dead(home), waiting(home)])
      .toEqual([3, 1, 0]);
    expect(home.value('SELECT last_error FROM outbox')).toMatch(/Validation error: it is refused/);
  });

  it('finds the one event for which the server refuses a whole batch', async () => {
    const server = await makeServer();
    const refuses = ({ file_path: path }: TakenEvent) => String(path).endsWith('bad.ts');
    server.behaviour = { kind: 'refuse-batch', refuses };
    const home = makeHome(server);
    capture(home, 3, 'good.ts');
    capture(home, 1, 'bad.ts');
    await expect
      .poll(() => [eventIds(server).length, dead(home), waiting(home)])
      .toEqual([3, 1, 0]);
  });

  it('sends one by one to a server that has no batches', async () => {
    const server = await makeServer();
    server.behaviour = { kind: 'no-batch' };
    const home = makeHome(server);
    capture(home, 4);
    await everythingArrives(home, server, 4);
    expect(new Set(server.requests.slice(1).map(({ path }) => path))).toEqual(
      new Set(['/lineage/track']),
    );
  });

  it('tells another server of what its events build on', async () => {
    const [first, second] = [await makeServer(), await makeServer()];
    const home = makeHome(first);
    capture(home, 2);
    await everythingArrives(home, first, 2);
    first.behaviour = { kind: 'status', status: 503 };
    home.capture(write(2));
    await expect.poll(() => lastError(home)).toMatch(/503/);
    home.configure(`api: { base_url: '${second.url}' }\n`);
    home.capture(write(3));
    await everythingArrives(home, second, 4);
    expect(inOrder(second, '')).toEqual([0, 1, 2, 3]);
  });

  it('goes on with another configuration in the middle of a request, and holds it against nobody', async () => {
    const server = await makeServer();
    server.behaviour = { kind: 'hang' };
    const home = makeHome(server);
    home.configure(`api: { base_url: '${server.url}' }\npattern_tracking: { timeout: 60 }\n`);
    capture(home, 2);
    await expect.poll(() => server.requests.length).toBe(1);
    server.behaviour = { kind: 'well' };
    home.configure(`api: { base_url: '${server.url}/' }\n`);
    home.capture(payload({ hook_event_name: 'SessionEnd', session_id: 'session-1' }));
    await everythingArrives(home, server, 2);
    expect(home.value('SELECT count(*) FROM outbox WHERE attempts > 0')).toBe(0);
    expect(home.value("SELECT value FROM metrics WHERE name = 'request_failures'")).toBeFalsy();
  });

  it('reads its token anew from a file that was replaced', async () => {
    const server = await makeServer({ token: 'new-token' });
    const home = makeHome(server);
    const tokenFile = join(home.folder, 'token');
    writeFileSync(tokenFile, 'old-token', { mode: 0o600 });
    home.configure(`api: { base_url: '${server.url}', token_file: '${tokenFile}' }
resilience: { retry: { base_delay: 0.05, max_delay: 0.1 } }
`);
    capture(home, 2);
    await expect.poll(() => lastError(home)).toMatch(/401/);
    writeFileSync(tokenFile, 'new-token');
    await everythingArrives(home, server, 2);
  });

  it('comes back to what a killed courier had not finished, and each event is there once', async () => {
    const server = await makeServer();
    server.behaviour = { kind: 'hang' };
    const home = makeHome(server);
    capture(home, 4);
    await expect.poll(() => server.requests.length).toBeGreaterThan(0);
    await home.stop('SIGKILL');
    server.behaviour = { kind: 'well' };
    home.capture(payload({ hook_event_name: 'SessionEnd', session_id: 'session-1' }), 'ensure');
    await everythingArrives(home, server, 4);
  });

  it('stays while events wait for the server, as long as it may', async () => {
    const server = await makeServer();
    server.behaviour = { kind: 'status', status: 503 };
    const home = makeHome(
      server,
      `courier: { idle_exit_seconds: 0.1, linger_seconds: ${5 * patience} }`,
    );
    capture(home, 2);
    await expect.poll(() => phase(home)).toBe('open');
    expect(home.courierPid).toBeDefined();
    await expect.poll(() => home.courierPid).toBeUndefined();
    expect(waiting(home)).toBe(2);
  });
});
