import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hintText, writeHint } from '../../lib/capture/courier-hint.ts';
import { FaultyApi } from '../support/faulty-api.ts';
import { deliveryOf, fillOutbox, queue, TOKEN } from './delivery-sample.ts';
import { MINUTE, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => {
  sample = new Sample();
  mkdirSync(dirname(sample.paths.configFile), { recursive: true });
  const settings = join(sample.folder, '.claude', 'settings.json');
  writeFileSync(settings, '{"enabledPlugins":{"claude-pattern-tracker@x":true}}');
});
afterEach(() => sample.remove());

const configure = (text: string) => writeFileSync(sample.paths.configFile, text);
const useServer = (url = 'http://127.0.0.1:9') => configure(`api: { base_url: '${url}' }\n`);

interface Health {
  readonly status: string;
  readonly reasons: readonly string[];
  readonly [key: string]: unknown;
}

async function health(argv = '', overrides = {}): Promise<Health & { exitCode: number }> {
  const { exitCode, out } = await run(sample, `health --json ${argv}`, overrides);
  return { exitCode, ...(JSON.parse(out.replaceAll(sample.folder, '~')) as Health) };
}

function writeCourier(state: object): void {
  mkdirSync(sample.paths.data, { recursive: true });
  const said = { pid: process.pid, version: '1.0.0', ...state };
  writeFileSync(sample.paths.courierState, JSON.stringify(said));
  writeHint(sample.paths.courierHint, hintText(process.pid));
}

function fail(times = 5): void {
  const { breaker, state } = deliveryOf(sample);
  for (let n = 0; n < times; n++) {
    const { permit } = breaker.acquire();
    if (permit) breaker.report(permit, { ok: false, latencyMs: 3, reason: 'it answered 503' });
  }
  state.noteError('it answered 503', NOW);
}

describe('a healthy installation', () => {
  it('is one where nothing was recorded yet', async () => {
    const { exitCode, out } = await run(sample, 'health');
    expect(exitCode).toBe(0);
    expect(out.replace(sample.folder, '~')).toMatchInlineSnapshot(`
      "healthy
      Server   no server is configured; everything stays on this machine; to change that, set api.base_url or otlp.endpoint in ~/.claude/hooks/config.yaml, or INTELLIGENCE_SERVICE_URL
      Waiting  0, dead letters 0
      "
    `);
  });

  it('prints the keys that it promises', async () => {
    useServer();
    queue(sample, 2);
    deliveryOf(sample).state.noteDelivered(NOW);
    const { exitCode, sinks, ...shown } = await health();
    expect(exitCode).toBe(0);
    const { outbox, circuit_breaker } = shown;
    const address = 'http://127.0.0.1:9';
    expect(sinks).toEqual([{ sink: 'http', address, available: null, outbox, circuit_breaker }]);
    expect(shown).toEqual({
      status: 'healthy',
      api_available: null,
      cache_size: 0,
      base_url: 'http://127.0.0.1:9',
      enabled: true,
      outbox: { waiting: 2, dead: 0, oldest_at: '2026-11-24T11:01:00.000Z' },
      circuit_breaker: {
        state: 'closed',
        failure_count: 0,
        last_failure_time: null,
        last_success_time: null,
        failure_threshold: 5,
        recovery_timeout: 60,
      },
      reasons: [],
    });
  });

  it('goes by what the server did last', async () => {
    useServer();
    const { breaker } = deliveryOf(sample);
    const { permit } = breaker.acquire();
    if (permit) breaker.report(permit, { ok: true, latencyMs: 3 });
    expect(await health()).toMatchObject({ status: 'healthy', api_available: true });
    expect((await run(sample, 'health')).out).toContain('http://127.0.0.1:9, available\n');
  });
});

describe('a degraded one', () => {
  it.each<[string, RegExp[], () => void]>([
    [
      'a courier that can not work',
      [/^The courier is degraded: the disk is full\.$/],
      () => writeCourier({ status: 'degraded', reason: 'the disk is full', hint: 'Make room.' }),
    ],
    [
      'a token file that is not there',
      [/^Nothing can be sent: \/gone\/token: ENOENT/],
      () => configure('api: { base_url: "http://127.0.0.1:9", token_file: /gone/token }\n'),
    ],
    [
      'a token file that others can read',
      [/^Nothing can be sent: .*can be read by others\.$/],
      () => {
        deliveryOf(sample);
        const token = join(sample.folder, 'token');
        writeFileSync(token, TOKEN, { mode: 0o644 });
        configure(`api: { base_url: "http://127.0.0.1:9", token_file: ${token} }\n`);
      },
    ],
    [
      'a full spool',
      [/^The spool is full: events are dropped\.$/],
      () => {
        sample.makeSpool();
        writeFileSync(sample.paths.spoolFull, '');
      },
    ],
    [
      'dropped events',
      [/^Events were dropped: 3; `pattern-tracker doctor` says why\.$/],
      () => {
        mkdirSync(sample.paths.data, { recursive: true });
        writeFileSync(sample.paths.drops, 'wwf');
      },
    ],
    [
      'a database that was set aside',
      [/^A corrupt database was set aside as .*tracker\.db\.corrupt/],
      () => setAside(),
    ],
    [
      'a broken configuration',
      [/^The configuration is broken: ~\/.*config\.yaml:1:1: zzz is not known$/],
      () => {
        deliveryOf(sample);
        configure('zzz: 1\n');
      },
    ],
    [
      'a broken configuration before anything was recorded',
      [/^The configuration is broken: ~\/.*config\.yaml:1:1: zzz is not known$/],
      () => configure('zzz: 1\n'),
    ],
    [
      'an open circuit',
      [
        /^The circuit is open: 5 failures in a row, the last: it answered 503\.$/,
        /^The server is not available: it answered 503\.$/,
      ],
      () => {
        useServer();
        fail();
      },
    ],
    [
      'a server that failed last',
      [/^The server is not available: it answered 503\.$/],
      () => {
        useServer();
        fail(1);
      },
    ],
    [
      'dead letters',
      [/^The server refused 1 event: see `pattern-tracker outbox`\.$/],
      () => {
        useServer();
        fillOutbox(sample);
        deliveryOf(sample).state.noteDelivered(NOW);
      },
    ],
    [
      'events that no courier delivers',
      [/^2 events cannot be delivered by a courier: put api\.base_url into config\.yaml/],
      () => queue(sample, 2),
    ],
  ])('has %s', async (_, reasons, arrange) => {
    arrange();
    const { exitCode, status, reasons: given } = await health();
    expect(given).toEqual(reasons.map((reason) => expect.stringMatching(reason) as string));
    expect([exitCode, status]).toEqual([1, 'degraded']);
    const { exitCode: textCode, out } = await run(sample, 'health');
    expect(textCode).toBe(1);
    expect(out).toMatch(/^degraded\n/);
    expect(out.split('\n').filter((line) => line.startsWith('- '))).toHaveLength(reasons.length);
  });

  it('says all that is wrong at once', async () => {
    useServer();
    fillOutbox(sample);
    fail();
    writeFileSync(sample.paths.drops, 'w');
    expect((await health()).reasons).toHaveLength(5);
  });
});

function setAside(): void {
  const notice = { path: 'tracker.db.corrupt', at: NOW - MINUTE, reason: 'x' };
  sample.database
    .prepare("INSERT INTO meta (key, value) VALUES ('corrupt_moved_to', ?)")
    .run(JSON.stringify(notice));
}

describe('an unhealthy one', () => {
  it('is one where nothing is recorded', async () => {
    const env = { HOME: sample.folder, PATTERN_TRACKER_DISABLED: '1' };
    expect(await health('', { env })).toMatchObject({
      exitCode: 2,
      status: 'unhealthy',
      reasons: ['Nothing is recorded: PATTERN_TRACKER_DISABLED=1 is set.'],
    });
    expect((await run(sample, 'health', { env })).out).toMatch(/^unhealthy\n/);
  });

  it('is one whose database can not be read', async () => {
    mkdirSync(sample.paths.data, { recursive: true });
    writeFileSync(sample.paths.database, 'no database at all'.repeat(100));
    const { exitCode, status, reasons } = await health();
    expect([exitCode, status]).toEqual([2, 'unhealthy']);
    expect(reasons[0]).toMatch(/^The database cannot be read: /);
  });
});

describe('health --probe', () => {
  let server: FaultyApi;
  beforeEach(async () => (server = await new FaultyApi({ token: TOKEN }).up()));
  afterEach(async () => server.down());

  const configured = (timeoutSeconds = 60) =>
    configure(
      `api: { base_url: '${server.url}', token: ${TOKEN} }\npattern_tracking: { timeout: ${timeoutSeconds} }\n`,
    );

  it('asks the server, and sends nothing', async () => {
    configured();
    expect(await health('--probe')).toMatchObject({
      exitCode: 0,
      status: 'healthy',
      api_available: true,
    });
    expect(server.requests.map(({ method, path }) => [method, path])).toEqual([['GET', '/health']]);
  });

  it('believes the server more than what it did last', async () => {
    configured();
    fail(1);
    expect(await health()).toMatchObject({ exitCode: 1, api_available: false });
    expect(await health('--probe')).toMatchObject({ exitCode: 0, api_available: true });
  });

  it('asks no server where it is not told to', async () => {
    configured();
    await health();
    expect(server.requests).toEqual([]);
  });

  it.each<[string, RegExp, () => unknown, timeoutSeconds?: number]>([
    ['is down', /refuses connections/, async () => server.down()],
    ['hangs', /has not answered/, () => (server.behaviour = { kind: 'hang' }), 0.3],
    ['answers 503', /503/, () => (server.behaviour = { kind: 'status', status: 503 })],
  ])('is degraded where the server %s', async (_, detail, arrange, timeoutSeconds) => {
    configured(timeoutSeconds);
    await arrange();
    for (const prepare of [() => {}, () => void deliveryOf(sample)]) {
      prepare();
      const { exitCode, reasons, ...rest } = await health('--probe');
      expect([exitCode, rest.status, rest['api_available']]).toEqual([1, 'degraded', false]);
      expect(reasons).toHaveLength(1);
      expect(reasons[0]).toMatch(/^The server is not available: /);
      expect(reasons[0]).toMatch(detail);
      expect(reasons[0]).not.toMatch(/\.\.$/);
    }
  });

  it('says so where the token is wrong, and prints none', async () => {
    configure(`api: { base_url: '${server.url}', token: not-${TOKEN} }\n`);
    const { exitCode, out, err } = await run(sample, 'health --probe');
    expect(exitCode).toBe(1);
    expect(out).toMatch(/401|token/);
    expect(out + err).not.toContain(TOKEN);
  });

  it('says so where the configuration can not be acted on', async () => {
    configure("api: { base_url: 'ftp://127.0.0.1' }\n");
    const { exitCode, reasons } = await health('--probe');
    expect(exitCode).toBe(1);
    expect(reasons[0]).toMatch(/^The configuration is broken: .*ftp/);
  });

  it('asks nobody where there is no server', async () => {
    expect(await health('--probe')).toMatchObject({ exitCode: 0, api_available: null });
  });

  it('prints no token', async () => {
    configured();
    expect(readFileSync(sample.paths.configFile, 'utf8')).toContain(TOKEN);
    for (const argv of ['health', 'health --probe', 'health --json', 'health --probe --json']) {
      const { out, err } = await run(sample, argv);
      expect(out + err).not.toContain(TOKEN);
    }
  });
});
