import { describe, expect, it } from 'vitest';
import { deployText, deployYaml } from './deploy-files.ts';

interface Collector {
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly receivers: Readonly<
    Record<string, { protocols: Readonly<Record<string, { readonly endpoint: string }>> }>
  >;
  readonly processors: Readonly<Record<string, unknown>>;
  readonly exporters: Readonly<
    Record<
      string,
      {
        readonly retry_on_failure: { readonly max_elapsed_time: number };
        readonly sending_queue: { readonly enabled: boolean; readonly storage: string };
      }
    >
  >;
  readonly service: {
    readonly extensions: readonly string[];
    readonly pipelines: Readonly<
      Record<string, Readonly<Record<'receivers' | 'processors' | 'exporters', readonly string[]>>>
    >;
  };
}

const config = deployYaml<Collector>('otel-collector/config.yaml');

describe('the configuration of the collector', () => {
  it('listens on loopback', () => {
    const endpoints = Object.values(config.receivers)
      .flatMap(({ protocols }) => Object.values(protocols))
      .map(({ endpoint }) => endpoint);
    expect(endpoints).toEqual(['127.0.0.1:4318']);
    for (const [, host] of deployText('otel-collector/config.yaml').matchAll(
      /(\d+\.\d+\.\d+\.\d+):/g,
    )) {
      expect(host).toBe('127.0.0.1');
    }
  });

  it('takes what the courier sends: traces and logs', () => {
    expect(Object.keys(config.service.pipelines)).toEqual(['logs', 'traces']);
  });

  it('uses only what it declares, and all of it', () => {
    const used = Object.values(config.service.pipelines);
    for (const kind of ['receivers', 'processors', 'exporters'] as const) {
      const names = new Set(used.flatMap((pipeline) => pipeline[kind]));
      expect(names, kind).toEqual(new Set(Object.keys(config[kind])));
    }
    expect(new Set(config.service.extensions)).toEqual(new Set(Object.keys(config.extensions)));
  });

  it('keeps on the disk what it can not pass on, for as long as it takes', () => {
    for (const [name, exporter] of Object.entries(config.exporters)) {
      expect(exporter.sending_queue.enabled, name).toBe(true);
      expect(config.service.extensions, name).toContain(exporter.sending_queue.storage);
      expect(exporter.retry_on_failure.max_elapsed_time, name).toBe(0);
    }
    // It would acknowledge what is in memory only.
    expect(Object.keys(config.processors)).not.toContain('batch');
  });

  it('shows the exporters of its examples in YAML that can be uncommented', () => {
    const text = deployText('otel-collector/config.yaml').replaceAll(
      /^( *)# (?=\w[\w/]*:|  )/gm,
      '$1',
    );
    expect(text).toContain('\n  kafka/calls:\n    brokers:');
    expect(text).toContain('\n  clickhouse:\n    endpoint:');
  });
});
