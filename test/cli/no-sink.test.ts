// What the commands about delivery say where the configuration names neither a server nor a collector.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configure, deliveryOf, fillOutbox, SERVER } from './delivery-sample.ts';
import { Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

const NEITHER = 'No server and no collector is configured';
const HOW = (file: string) =>
  `set api.base_url or otlp.endpoint in ${file}, or INTELLIGENCE_SERVICE_URL`;

describe.each([
  ['breaker', `${NEITHER}, so no circuit is in use. To change that, `],
  ['metrics', `${NEITHER}, so nothing is sent. To change that, `],
  ['outbox', `${NEITHER}, so nothing is sent. To change that, `],
])('%s', (command, beginning) => {
  it('says so in one line where nothing was recorded, and with 0', async () => {
    const out = `${beginning}${HOW(sample.paths.configFile)}.\n`;
    expect(await run(sample, command)).toEqual({ exitCode: 0, out, err: '' });
    deliveryOf(sample); // a database that holds nothing of delivery
    expect(await run(sample, command)).toEqual({ exitCode: 0, out, err: '' });
  });

  it('says so above what is left of a server that is configured no more', async () => {
    fillOutbox(sample);
    deliveryOf(sample).breaker.trip('drill');
    const { out, err } = await run(sample, command);
    // Beside a list, it is not among the lines that a program reads.
    const [first, second] = (command === 'outbox' ? err + out : out).split('\n');
    expect(first).toBe(`${beginning}${HOW(sample.paths.configFile)}.`);
    configure(sample, SERVER);
    expect((await run(sample, command)).out.split('\n')[0]).toBe(second);
  });

  it('prints for programs what it always prints', async () => {
    expect(JSON.parse((await run(sample, `${command} --json`)).out)).toBeDefined();
  });
});

it('cache needs a server, and health says how to name one', async () => {
  const { out } = await run(sample, 'cache');
  expect(out).toBe(
    `No server is configured, so no answer is cached from now on. To change that, set api.base_url in ${sample.paths.configFile}, or INTELLIGENCE_SERVICE_URL.\n`,
  );
  expect((await run(sample, 'health')).out).toContain(
    `no server is configured; everything stays on this machine; to change that, ${HOW(sample.paths.configFile)}\n`,
  );
});

it('flush cannot do what it is asked, and ends with 3', async () => {
  expect(await run(sample, 'flush')).toEqual({
    exitCode: 3,
    out: '',
    err: `error: no server and no collector is configured\n  ${HOW(sample.paths.configFile).replace('set', 'Set')}.\n`,
  });
});

it('breaker says of the sink that it is asked about that it is not configured', async () => {
  configure(sample, SERVER);
  expect((await run(sample, 'breaker --sink otlp')).out).toContain('No collector is configured');
  expect((await run(sample, 'breaker --sink http')).out).toMatch(/^State/);
});
