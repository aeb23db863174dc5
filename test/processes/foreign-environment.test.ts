// The real command line in an environment that somebody else has set, against real servers: neither the
// user's token nor what waits for the user's server goes elsewhere, and nobody else's answer settles it.
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../lib/store/database/database.ts';
import { Outbox } from '../../lib/delivery/store/outbox.ts';
import { tlsCertificate } from '../delivery/http/tls-certificate.ts';
import { FaultyApi } from '../support/faulty-api.ts';
import { OtlpCollector } from '../support/otlp-collector.ts';
import { payload, TrackerHome } from './tracker-home.ts';

const TOKEN = 'the-token-of-the-user-0123456789';
const WRITE = payload({
  hook_event_name: 'PostToolUse',
  tool_name: 'Write',
  tool_use_id: 'toolu_1',
  tool_input: { file_path: '/p/a.ts', content: 'export const confidential = 1;' },
  tool_response: { type: 'create' },
});
const SESSION = { CLAUDECODE: '1' };

let home: TrackerHome;
let own: FaultyApi;
let stranger: FaultyApi;
beforeEach(async () => {
  own = await new FaultyApi({ token: TOKEN }).up();
  stranger = await new FaultyApi().up();
  home = new TrackerHome();
  configure();
  home.spool('1.settings', WRITE);
  await own.down();
  expect(await home.runCourier()).toBe(0); // it waits for the user's server, which cannot be reached
  expect(waiting()).toBe(1);
  breakerOff();
  await own.up();
});
afterEach(async () => {
  await home.remove();
  await own.down();
  await stranger.down();
});

function configure(more = ''): void {
  home.configure(
    `api: { base_url: '${own.url}', token: ${TOKEN} }\ncourier: { idle_exit_seconds: 0.1, linger_seconds: 0 }\n${more}`,
  );
}

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function cli(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Run> {
  const child = spawn(process.execPath, [resolve('dist/cli.cjs'), ...args], {
    env: { ...home.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (text.out += String(chunk)));
  child.stderr.on('data', (chunk) => (text.err += String(chunk)));
  return await new Promise((done) => child.on('close', (code) => done({ code, ...text })));
}

const waiting = (sink = 'http') =>
  home.value(`SELECT count(*) FROM outbox WHERE dead_at IS NULL AND sink = '${sink}'`);
const breakerOf = (sink: string) => home.value(`SELECT state FROM breakers WHERE sink = '${sink}'`);

function change(sql: string): void {
  const database = openDatabase(home.paths.database);
  database.exec(sql);
  database.close();
}

function breakerOff(): void {
  change(
    'DELETE FROM breakers; UPDATE outbox SET not_before = 0; UPDATE sinks SET paused_until = 0',
  );
}

function nothingReached(server: FaultyApi): void {
  expect([server.requests, server.connections]).toEqual([[], 0]);
}

describe('a variable that names another server', () => {
  it.each([
    ['flush'],
    ['flush', '--force', '--dead'],
    ['flush', '--dry-run'],
    ['health', '--probe'],
  ])('is refused inside a Claude Code session by %s %s', async (...args) => {
    const env = { ...SESSION, INTELLIGENCE_SERVICE_URL: stranger.url };
    const { code, out, err } = await cli(env, ...args);
    expect(code).toBe(args[0] === 'flush' ? 3 : 2);
    expect(out).toBe('');
    expect(err).toMatch(
      /^error: INTELLIGENCE_SERVICE_URL would decide .* a project can set that\n/,
    );
    expect(err).toMatch(/config\.yaml .*--allow-env/);
    nothingReached(stranger);
    expect([waiting(), own.requests]).toEqual([1, []]);
    const json = await cli(env, ...args, '--json');
    expect(JSON.parse(json.err)).toMatchObject({ error: { code: 'E_ENVIRONMENT' } });
  });

  it.each([
    ['outside of a session', {}, []],
    ['inside, where the user allows it', SESSION, ['--allow-env']],
  ])('%s gets neither the token nor what waits for the own server', async (_, env, args) => {
    const { code, err } = await cli(
      { ...env, INTELLIGENCE_SERVICE_URL: stranger.url },
      'flush',
      ...args,
    );
    expect(code).toBe(0);
    expect(err).toMatch(/^Not sent: 1 event for http:\S+, not for this server\.$/m);
    expect(err).toMatch(/api\.token is not sent to the server that INTELLIGENCE_SERVICE_URL names/);
    expect(stranger.requests).toEqual([]);
    expect(waiting()).toBe(1);
    expect((await cli({}, 'flush')).code).toBe(0);
    expect([own.events.size, waiting()]).toEqual([1, 0]);
    expect(own.requests.at(-1)?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it('gets no token when it is probed', async () => {
    await cli({ INTELLIGENCE_SERVICE_URL: stranger.url }, 'health', '--probe');
    expect(stranger.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it('has a breaker, a pause, numbers and known patterns of its own', async () => {
    const env = { INTELLIGENCE_SERVICE_URL: stranger.url };
    const name = `http ${stranger.url}`;
    change(
      `INSERT INTO outbox (sink, event_id, event_type, pattern_id, lineage_id, body, created_at)
       SELECT '${name}', event_id, event_type, pattern_id, lineage_id, body, created_at FROM outbox`,
    );
    await stranger.down();
    for (let failures = 0; failures < 6; failures++) await cli(env, 'flush');
    expect(breakerOf(name)).toMatch(/"phase":"open"/);
    expect(breakerOf('http')).toBeUndefined();
    const { out } = await cli(env, 'breaker', '--json');
    expect(JSON.parse(out)).toMatchObject({ state: 'open' });
    expect(JSON.parse((await cli({}, 'breaker', '--json')).out)).toMatchObject({ state: 'closed' });
    await stranger.up();
    expect((await cli(env, 'flush', '--force')).code).toBe(0);
    expect([stranger.events.size, waiting(name), waiting()]).toEqual([1, 0, 1]);
    expect(stranger.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    const metrics = async (its: typeof env | object) =>
      JSON.parse((await cli({ ...its }, 'metrics', '--json')).out) as object;
    expect(await metrics(env)).toMatchObject({ successful_requests: 1, cached_events: 0 });
    expect(await metrics({})).toMatchObject({ successful_requests: 0, cached_events: 1 });
  });

  it('is told by status and health when something waits for it, and outbox move sends it home', async () => {
    change(`UPDATE outbox SET sink = 'http ${stranger.url}'`);
    const { out } = await cli({}, 'status');
    expect(out).toContain(`1 event for ${stranger.url}, which config.yaml does not name.`);
    expect(JSON.parse((await cli({}, 'status', '--json')).out)).toMatchObject({
      delivery: { elsewhere: [{ address: stranger.url, waiting: 1, dead: 0 }] },
    });
    expect((await cli({}, 'health')).out).toContain(`Waiting: 1 event for ${stranger.url}`);
    expect((await cli({}, 'outbox', 'move')).out).toBe('Moved: 1 event.\n');
    expect((await cli({}, 'flush')).code).toBe(0);
    expect([own.events.size, stranger.requests]).toEqual([1, []]);
  });

  it('does not get what waited for a server that config.yaml names no more', async () => {
    home.configure('courier: { idle_exit_seconds: 0.1 }\n');
    await cli({ INTELLIGENCE_SERVICE_URL: stranger.url }, 'flush');
    expect([stranger.requests, waiting()]).toEqual([[], 1]);
  });
});

describe('a new address in config.yaml', () => {
  it('gets what waits, because the user has said so, and status says it before', async () => {
    const before = own.url;
    const next = await new FaultyApi().up();
    home.configure(`api: { base_url: '${next.url}' }\n`);
    const { out } = await cli({}, 'status');
    expect(out).toContain(`queued for ${before}; the new address gets them`);
    expect((await cli({}, 'flush')).code).toBe(0);
    expect([next.events.size, own.requests]).toEqual([1, []]);
    expect(JSON.parse((await cli({}, 'status', '--json')).out)).toMatchObject({
      delivery: { queued_for: null, waiting: 0 },
    });
    await next.down();
  });
});

describe('a token in the environment', () => {
  it('never goes to the server in config.yaml, whose tenant it may not be', async () => {
    const { code, err } = await cli({ PATTERN_TRACKER_TOKEN: 'of-somebody-else' }, 'flush');
    expect(code).toBe(3);
    expect(err).toMatch(/PATTERN_TRACKER_TOKEN: api\.token is for no server/);
    expect(err).not.toContain('of-somebody-else');
    nothingReached(own);
    expect((await cli({ ...SESSION, PATTERN_TRACKER_TOKEN: 'of-a-project' }, 'flush')).code).toBe(
      0,
    );
    expect(own.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${TOKEN}`]);
  });
});

describe('a proxy in the environment', () => {
  const REMOTE = 'http://tracker.invalid';

  it.each(['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'])(
    'is refused inside a Claude Code session as %s',
    async (name) => {
      home.configure(`api: { base_url: '${REMOTE}' }\notlp: { endpoint: '${REMOTE}' }\n`);
      for (const args of [['flush'], ['flush', '--sink', 'otlp'], ['health', '--probe']]) {
        const { err, code } = await cli({ ...SESSION, [name]: stranger.url }, ...args);
        expect(err).toMatch(new RegExp(`^error: ${name} would decide where your data go`));
        expect(code).not.toBe(0);
      }
      nothingReached(stranger);
    },
  );

  it('is not in the way where no request would go through it', async () => {
    const env = { ...SESSION, HTTPS_PROXY: stranger.url, http_proxy: stranger.url };
    expect((await cli(env, 'flush')).code).toBe(0);
    nothingReached(stranger);
    expect(own.events.size).toBe(1);
  });
});

describe('variables that decide whom TLS trusts', () => {
  it('decide nothing: only api.ca_file does', async () => {
    const certificate = tlsCertificate('loopback');
    const server = await new FaultyApi({ tls: certificate }).up();
    try {
      home.configure(`api: { base_url: '${server.url}', token: ${TOKEN} }\n`);
      const env = {
        NODE_EXTRA_CA_CERTS: certificate.caFile,
        SSL_CERT_FILE: certificate.caFile,
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
        NODE_OPTIONS: '--use-openssl-ca',
      };
      const { code, out } = await cli(env, 'flush');
      expect([code, server.requests]).toEqual([2, []]);
      expect(out).toMatch(/shows a certificate/);
      home.configure(
        `api: { base_url: '${server.url}', token: ${TOKEN}, ca_file: ${certificate.caFile} }\n`,
      );
      expect((await cli(env, 'flush')).code).toBe(0);
      expect(server.events.size).toBe(1);
    } finally {
      await server.down();
    }
  });
});

describe('a variable that names the database of a service', () => {
  it.each([['serve'], ['token', 'create', '--name', 'x']])(
    'is refused inside a Claude Code session by %s',
    async (...args) => {
      const file = join(home.folder, 'planted.db');
      const { code, err } = await cli({ ...SESSION, PATTERN_TRACKER_DATABASE: file }, ...args);
      expect([code, existsSync(file)]).toEqual([2, false]);
      expect(err).toMatch(/^error: PATTERN_TRACKER_DATABASE would decide .*\n {2}.*--database/);
    },
  );
});

describe("the collector's variables", () => {
  it('of OpenTelemetry change nothing that is sent, nor where', async () => {
    const collector = await new OtlpCollector().up();
    try {
      configure(`otlp: { endpoint: '${collector.url}' }\n`);
      const database = openDatabase(home.paths.database);
      const call = { session_id: 's', tool_use_id: 't', outcome: 'ok', ended_at: Date.now() };
      const event = { eventId: 'c', eventType: 'tool_call', sessionId: 's', patternId: '' };
      const row = { ...event, lineageId: 'c', body: JSON.stringify(call) };
      new Outbox(database, 'otlp').add(row, Date.now());
      database.close();
      const env = {
        OTEL_EXPORTER_OTLP_ENDPOINT: stranger.url,
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: stranger.url,
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: stranger.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-planted=1',
        OTEL_EXPORTER_OTLP_CERTIFICATE: '/gone',
        OTEL_RESOURCE_ATTRIBUTES: 'planted=yes',
        OTEL_SERVICE_NAME: 'planted',
      };
      expect((await cli({ ...SESSION, ...env }, 'flush', '--sink', 'otlp')).code).toBe(0);
      expect([collector.spans.length, collector.logs.length]).toEqual([1, 1]);
      expect(inspect(collector, { depth: null })).not.toContain('planted');
      nothingReached(stranger);
    } finally {
      await collector.down();
    }
  });
});

describe('a token file that others can read', () => {
  it('is told by everything that looks, as flush refuses it', async () => {
    const file = join(home.folder, 'token');
    writeFileSync(file, `${TOKEN}\n`, { mode: 0o644 });
    home.configure(`api: { base_url: '${own.url}', token_file: ${file} }\n`);
    const said = /can be read by others/;
    const flush = await cli({}, 'flush');
    expect([flush.code, flush.err]).toEqual([2, expect.stringMatching(said)]);
    const check = await cli({}, 'config', 'check');
    expect([check.code, check.out]).toEqual([1, expect.stringMatching(said)]);
    expect(check.out).toMatch(/config\.yaml:1:\d+: api\.token_file .*\n {2}Run: chmod 600 /);
    expect(check.out).not.toContain('all is well');
    expect((await cli({}, 'status')).out).toMatch(said);
    expect((await cli({}, 'doctor')).out).toMatch(said);
    expect((await cli({}, 'health')).out).toMatch(said);
  });

  it('is told by config check before anything is sent, too, for both sinks', async () => {
    const file = join(home.folder, 'token');
    writeFileSync(file, `${TOKEN}\n`, { mode: 0o640 });
    home.configure(`api: { token_file: ${file} }\notlp: { token_file: ${file} }\n`);
    const { code, out } = await cli({}, 'config', 'check', '--json');
    expect(code).toBe(1);
    const { problems } = JSON.parse(out) as { problems: { key: string }[] };
    expect(problems.map(({ key }) => key)).toEqual(['api.token_file', 'otlp.token_file']);
  });
});
