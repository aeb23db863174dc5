import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireProcessLock } from '../../lib/store/database/process-lock.ts';
import { FaultyApi } from '../support/faulty-api.ts';
import { OtlpCollector } from '../support/otlp-collector.ts';
import { configure, deliveryOf, queue, queueCalls } from './delivery-sample.ts';
import { Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
let server: FaultyApi;
let collector: OtlpCollector;
/** The time that delivery goes by. */
const CLOCK = { now: Date.now };

beforeEach(async () => {
  sample = new Sample();
  server = await new FaultyApi().up();
  collector = await new OtlpCollector().up();
});
afterEach(async () => {
  await Promise.all([server.down(), collector.down()]);
  sample.remove();
});

const api = () => `api: { base_url: '${server.url}' }\n`;
const otlp = (more = '') => `otlp: { endpoint: '${collector.url}'${more} }\n`;

/** Three patterns for the server, two tool calls for the collector. */
function fill(): void {
  queue(sample, 3, 'session-1');
  queueCalls(sample, 2, 'session-2');
}

const flush = async (argv = '') => run(sample, `flush ${argv}`, CLOCK);
const calls = () => collector.spans.map(({ attributes }) => attributes['tool_use_id']);
const waiting = () =>
  Object.fromEntries(
    sample.database
      .prepare<[], [string, number]>(
        'SELECT sink, count(*) FROM outbox WHERE dead_at IS NULL GROUP BY sink',
      )
      .raw()
      .all(),
  );

describe('a flush to a server and a collector', () => {
  beforeEach(() => {
    configure(sample, api() + otlp());
    fill();
  });

  it('sends to both what waits for each, and has a line for each', async () => {
    const { exitCode, out, err } = await flush();
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^http: Delivered 3 events in .* Nothing is left\.\notlp: Delivered 2 events in .* Nothing is left\.\n$/,
    );
    expect([server.events.size, calls()]).toEqual([3, ['toolu_1', 'toolu_2']]);
    expect(waiting()).toEqual({});
  });

  it('adds up for programs, and says what came of each', async () => {
    collector.behaviour = { kind: 'status', status: 503 };
    const { exitCode, out } = await flush('--json');
    expect(exitCode).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      delivered: 3,
      failed: 2,
      dead: 0,
      left: 2,
      last_error: expect.stringMatching(/503/) as string,
      sinks: [
        { sink: 'http', delivered: 3, failed: 0, left: 0, end: 'empty', last_error: null },
        { sink: 'otlp', delivered: 0, failed: 2, left: 2 },
      ],
    });
  });

  it.each(['server', 'collector'])('sends to the one while the %s is down', async (which) => {
    await (which === 'server' ? server : collector).down();
    const { exitCode, out } = await flush();
    expect(exitCode).toBe(2);
    expect(out).toMatch(/refuses connections/);
    expect(waiting()).toEqual(which === 'server' ? { http: 3 } : { otlp: 2 });
  });

  it('is about one of them with --sink', async () => {
    const { exitCode, out } = await flush('--sink otlp');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^Delivered 2 events in .*\nNothing is left\.\n$/);
    expect(waiting()).toEqual({ http: 3 });
    expect(await flush('--sink http')).toMatchObject({ exitCode: 0 });
    expect(waiting()).toEqual({});
  });

  it('has its limit for each', async () => {
    expect(await flush('--limit 1')).toMatchObject({ exitCode: 1 });
    expect(waiting()).toEqual({ http: 2, otlp: 1 });
  });

  it('sends what one session left in either', async () => {
    expect(await flush('--session session-2')).toMatchObject({ exitCode: 0 });
    expect([server.events.size, calls()]).toEqual([0, ['toolu_1', 'toolu_2']]);
    expect(waiting()).toEqual({ http: 3 });
  });

  it('says who has refused what, and sends it to each again with --dead', async () => {
    server.behaviour = { kind: 'refuse', refuses: ({ event_id: id }) => id === 'event-2' };
    collector.behaviour = { kind: 'refuse', refuses: (id) => id === 'toolu_1' };
    const { exitCode, out } = await flush();
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^http: .*The server refused 1 event: /m);
    expect(out).toMatch(/^otlp: .*The collector refused 1 event: /m);
    server.behaviour = { kind: 'well' };
    collector.behaviour = { kind: 'well' };
    expect(await flush('--dead')).toMatchObject({ exitCode: 0 });
    expect([server.events.size, calls()]).toEqual([3, ['toolu_2', 'toolu_1']]);
  });

  it('waits for who delivers to the one, and then sends to the other', async () => {
    const lock = acquireProcessLock(sample.paths.otlpDeliveryLock, 0);
    let said = '';
    const running = run(sample, 'flush', { ...CLOCK, err: (text) => void (said += text) });
    await expect.poll(() => said).toMatch(/A courier is delivering/);
    expect([waiting(), collector.requests.length]).toEqual([{ otlp: 2 }, 0]);
    lock?.release();
    expect(await running).toMatchObject({ exitCode: 0 });
    expect(waiting()).toEqual({});
  });

  it('leaves alone only the one whose circuit is open, but for --force', async () => {
    deliveryOf(sample, 'otlp').breaker.trip('drill');
    sample.database.exec(
      `UPDATE breakers SET state = json_set(state, '$.openedAt', ${Date.now()})`,
    );
    const { exitCode, out } = await flush();
    expect(exitCode).toBe(2);
    expect(out).toMatch(/^otlp: .*The circuit is open, so the collector is left alone\./m);
    expect([waiting(), collector.requests.length]).toEqual([{ otlp: 2 }, 0]);
    expect(await flush('--force')).toMatchObject({ exitCode: 0 });
    expect(waiting()).toEqual({});
  });

  it('sends to the one where the token of the other can not be read', async () => {
    configure(sample, api() + otlp(', token_file: /gone/token'));
    const { exitCode, out, err } = await flush();
    expect(exitCode).toBe(2);
    expect(err).toMatch(/^error: \/gone\/token: ENOENT/);
    expect(out).toMatch(/^otlp: Nothing could be sent to the collector\..* 2 events left\.$/m);
    expect(waiting()).toEqual({ otlp: 2 });
    const json = JSON.parse((await flush('--json')).out) as object;
    expect(json).toMatchObject({
      end: 'no_access',
      sinks: [{ end: 'empty' }, { end: 'no_access' }],
    });
  });

  it('sends nothing in a dry run, and says what would go where', async () => {
    const { exitCode, out } = await flush('--dry-run');
    expect(exitCode).toBe(0);
    const [first, second] = out.split('\n');
    expect(first).toMatch(/^Would send 3 events \(/);
    expect(first).toContain(` to ${server.url}.`);
    expect(second).toMatch(/^Would send 2 events \(/);
    expect(second).toContain(` to ${collector.url}.`);
    const json = JSON.parse((await flush('--dry-run --json')).out) as object;
    expect(json).toMatchObject({
      would_send: 5,
      base_url: server.url,
      sinks: [
        { sink: 'http', would_send: 3, address: server.url },
        { sink: 'otlp', would_send: 2, address: collector.url },
      ],
    });
    expect([server.requests.length, collector.requests.length]).toEqual([0, 0]);
  });
});

describe('a flush where one of them is configured', () => {
  it('sends to the collector alone, and leaves what waits for the server', async () => {
    configure(sample, otlp());
    fill();
    const { exitCode, out } = await flush();
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^Delivered 2 events in .*\nNothing is left\.\n$/);
    expect(waiting()).toEqual({ http: 3 });
  });

  it('sends to the server alone, and leaves what waits for the collector', async () => {
    configure(sample, api());
    fill();
    expect(await flush()).toMatchObject({ exitCode: 0 });
    expect(waiting()).toEqual({ otlp: 2 });
  });

  it('takes a collector that is to get nothing for none', async () => {
    configure(sample, otlp(', traces: false, logs: false'));
    fill();
    expect(await flush('--force')).toMatchObject({ exitCode: 3, out: '' });
    expect(waiting()).toEqual({ http: 3, otlp: 2 });
  });

  it('says which one is missing that --sink names', async () => {
    configure(sample, api());
    const { exitCode, err } = await flush('--sink otlp');
    expect(exitCode).toBe(3);
    expect(err).toMatch(
      /no collector is configured\n {2}Set otlp\.endpoint in .*config\.yaml\.\n$/,
    );
    expect((await flush('--sink elsewhere')).err).toBe(
      'error: --sink is "elsewhere"\n  Expected http or otlp.\n',
    );
  });

  it('sends to no collector while tracking is switched off, but for --force', async () => {
    configure(sample, `${otlp()}pattern_tracking: { enabled: false }\n`);
    fill();
    expect((await flush()).err).toMatch(/^error: tracking is switched off/);
    expect(collector.requests).toEqual([]);
    expect(await flush('--force')).toMatchObject({ exitCode: 0 });
    expect(waiting()).toEqual({ http: 3 });
  });
});
