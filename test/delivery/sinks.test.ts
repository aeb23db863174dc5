import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { trackerPaths } from '../../lib/base/paths.ts';
import { configSchema } from '../../lib/config/config.ts';
import { accessFault } from '../../lib/delivery/sink-access.ts';
import { configuredSinks, SINKS } from '../../lib/delivery/sinks.ts';
import { SILENT_LOG } from '../../lib/log/tracker-log.ts';

describe('the sinks of a configuration', () => {
  const api = { base_url: 'http://a.example' };
  const otlp = { endpoint: 'http://b.example' };
  it.each([
    [{}, []],
    [{ api }, ['http']],
    [{ otlp }, ['otlp']],
    [{ api, otlp }, ['http', 'otlp']],
    [{ api, otlp: { ...otlp, logs: false } }, ['http', 'otlp']],
    [{ api, otlp: { ...otlp, logs: false, traces: false } }, ['http']],
    [{ api, otlp, pattern_tracking: { enabled: false } }, []],
  ])('of %o are %o', (config, names) => {
    expect(configuredSinks(configSchema.parse(config)).map(({ name }) => name)).toEqual(names);
  });

  it('have an address and a lock each', () => {
    const config = configSchema.parse({ api, otlp });
    expect(SINKS.map((sink) => [sink.key, sink.address(config)])).toEqual([
      ['api.base_url', 'http://a.example'],
      ['otlp.endpoint', 'http://b.example'],
    ]);
    const locks = SINKS.map((sink) => sink.lockPath(trackerPaths('/home/me/pattern-tracker')));
    expect(new Set(locks).size).toBe(2);
  });
});

describe.each(SINKS)('the sink $name', (sink) => {
  const nowhere = configSchema.parse({});

  it('sends nothing where it has no address, and nothing is in the way of that', () => {
    expect(sink.address(nowhere)).toBeNull();
    expect(sink.delivers(nowhere)).toBe(false);
    expect(accessFault(nowhere, sink)).toBeNull();
  });

  it('opens no client without an address, and says where to set it', async () => {
    const open = await sink.loadClient();
    const hint = expect.stringContaining(sink.key);
    expect(() => open({ config: nowhere, clock: () => 0, machine: 'workbench' })).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^E_NO_/), hint }),
    );
  });

  it('is sent something', () => {
    expect('patternFeed' in sink || 'toolCallFeed' in sink).toBe(true);
  });

  it('has lines in the log that operators search for', () => {
    const lines: unknown[] = [];
    const note = (...line: unknown[]) => void lines.push(line);
    const log = { ...SILENT_LOG, info: note, warn: note, apiUnavailable: note, breakerMoved: note };
    sink.log.unavailable(log, 'it is down');
    sink.log.available(log);
    sink.log.breakerMoved(log, { at: 0, from: 'closed', to: 'open', reason: 'it is down' });
    expect(lines).toEqual(LINES[sink.name]);
  });
});

const LINES: Readonly<Record<string, unknown>> = {
  http: [
    ['it is down'],
    ['API available again'],
    [{ at: 0, from: 'closed', to: 'open', reason: 'it is down' }],
  ],
  otlp: [
    ['OTLP collector unavailable', { reason: 'it is down' }],
    ['OTLP collector available again'],
    [
      'Circuit breaker of the OTLP collector moved',
      { from: 'closed', to: 'open', reason: 'it is down' },
    ],
  ],
};

it('what speaks to a sink is only loaded when there is something to send', async () => {
  const { metafile } = await build({
    entryPoints: ['lib/delivery/sinks.ts', 'lib/delivery/sink-delivery.ts'],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    outdir: 'unwritten',
    write: false,
    metafile: true,
  });
  const { outputs } = metafile;
  const loaded = new Set<string>();
  const load = (file: string) => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const { path, kind } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement') load(path);
    }
  };
  for (const [file, { entryPoint }] of Object.entries(outputs)) {
    if (entryPoint === 'lib/delivery/sinks.ts') load(file);
    if (entryPoint === 'lib/delivery/sink-delivery.ts') load(file);
  }
  const all = Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  expect(all).toContain('undici');
  expect([...loaded].filter((path) => /undici|opentelemetry/.test(path))).toEqual([]);
});
