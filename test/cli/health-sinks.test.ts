import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyApi } from '../support/faulty-api.ts';
import { OtlpCollector } from '../support/otlp-collector.ts';
import { configure, deliveryOf, fillOutbox, queueCalls, TOKEN } from './delivery-sample.ts';
import { NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

const API = "api: { base_url: 'http://127.0.0.1:9' }\n";
const OTLP = "otlp: { endpoint: 'http://127.0.0.1:4318' }\n";

let sample: Sample;
beforeEach(() => {
  sample = new Sample();
  mkdirSync(join(sample.folder, '.claude'), { recursive: true });
  const settings = join(sample.folder, '.claude', 'settings.json');
  writeFileSync(settings, '{"enabledPlugins":{"claude-pattern-tracker@x":true}}');
});
afterEach(() => sample.remove());

/** What a command prints for programs. */
async function json(argv: string): Promise<{ readonly reasons: string[] }> {
  return JSON.parse((await run(sample, `${argv} --json`)).out) as { reasons: string[] };
}

describe('health', () => {
  const reasons = async (argv = '') => (await json(`health ${argv}`)).reasons;

  it('is said of both, and reasons name whom they are about', async () => {
    configure(sample, API + OTLP);
    fillOutbox(sample);
    deliveryOf(sample).state.noteDelivered(NOW);
    queueCalls(sample, 1);
    deliveryOf(sample, 'otlp').state.noteDelivered(NOW);
    deliveryOf(sample, 'otlp').state.noteError('it answered 503', NOW);
    deliveryOf(sample, 'otlp').breaker.trip('drill');
    const { exitCode, out } = await run(sample, 'health');
    expect(exitCode).toBe(1);
    expect(out).toMatchInlineSnapshot(`
      "degraded
      Server     http://127.0.0.1:9, not asked yet
      Waiting    2, dead letters 1
      Collector  http://127.0.0.1:4318, not available
      Waiting    1, dead letters 0
      - http: The server refused 1 event: see \`pattern-tracker outbox\`.
      - otlp: The circuit is open: drill.
      - otlp: The collector is not available: it answered 503.
      "
    `);
  });

  it('is good with a collector alone, and says nothing of a server', async () => {
    configure(sample, OTLP);
    expect(await run(sample, 'health')).toEqual({
      exitCode: 0,
      out: 'healthy\nCollector  http://127.0.0.1:4318, not asked yet\nWaiting    0, dead letters 0\n',
      err: '',
    });
    expect(await json('health')).toMatchObject({ base_url: null, api_available: null });
  });

  it('names a collector that has been sent nothing for long', async () => {
    configure(sample, API + OTLP);
    queueCalls(sample, 1);
    expect(await reasons()).toEqual([
      'otlp: Nothing was delivered for 29 min, and 1 event waits: run `pattern-tracker flush`.',
    ]);
  });

  it('says so where calls are left for a collector that is configured no more', async () => {
    configure(sample, API);
    queueCalls(sample, 1);
    expect(await reasons()).toEqual([
      'otlp: 1 event cannot be delivered by a courier: put otlp.endpoint into config.yaml, or run `pattern-tracker outbox drop --all --sink otlp`.',
    ]);
    await run(sample, 'outbox drop --all --sink otlp --yes');
    expect(await reasons()).toEqual([]);
  });

  it.each([
    [
      'a token file that is not there',
      'token_file: /gone/token',
      /^otlp: Nothing can be sent: \/gone\/token: ENOENT/,
    ],
    [
      'headers that would go unencrypted',
      `endpoint: 'http://collector.example:4318', headers: 'x-key=${TOKEN}'`,
      /^otlp: Nothing can be sent: the headers would go to collector\.example:4318 unencrypted\.$/,
    ],
    [
      'a password in the URL',
      `endpoint: 'https://me:${TOKEN}@collector.example'`,
      /otlp\.endpoint/,
    ],
  ])('and doctor name %s of a collector', async (_, keys, reason) => {
    const endpoint = keys.includes('endpoint') ? '' : "endpoint: 'http://127.0.0.1:4318', ";
    configure(sample, `otlp: { ${endpoint}${keys} }\n`);
    for (const prepare of [() => {}, () => void deliveryOf(sample)]) {
      prepare();
      const found = await reasons();
      expect(found).toEqual([expect.stringMatching(reason)]);
      expect(found.join()).not.toContain(TOKEN);
    }
    const { out } = await run(sample, 'doctor');
    expect(out).toMatch(/otlp\.endpoint|nothing can be sent to the collector: /);
    expect(out).not.toContain(TOKEN);
  });

  it('asks the server with --probe, and no collector', async () => {
    const server = await new FaultyApi().up();
    const collector = await new OtlpCollector().up();
    configure(
      sample,
      `api: { base_url: '${server.url}' }\notlp: { endpoint: '${collector.url}' }\n`,
    );
    expect(await json('health --probe')).toMatchObject({
      status: 'healthy',
      sinks: [{ available: true }, { available: null }],
    });
    await server.down();
    expect(await reasons('--probe')).toEqual([
      expect.stringMatching(/^http: The server is not available: .*refuses connections/),
    ]);
    expect(collector.requests).toEqual([]);
    await collector.down();
  });
});
