import { TrackerError } from '../base/errors.ts';
import type { Config } from '../config/config.ts';
import type { ProxySettings } from '../delivery/http/proxy-settings.ts';
import { accessFault } from '../delivery/sink-access.ts';
import type { Sink, SinkProbe } from '../delivery/sink.ts';
import { SINKS } from '../delivery/sinks.ts';
import type { FactSources } from './fact-sources.ts';

/** The answers of the sinks that were asked just now. */
export type SinkProbes = ReadonlyMap<Sink, SinkProbe>;

/** The clock, and the proxies that `requestRoute` allows. */
export interface ProbeSources extends Pick<FactSources, 'now'> {
  readonly proxy: ProxySettings;
}

/** True when the configuration names the sink and lacks nothing that a request needs. */
export function canProbe(sink: Sink, config: Config): boolean {
  return sink.address(config) !== null && accessFault(config, sink) === null;
}

/**
 * Asks each sink once whether it is well, unless it cannot be asked. A sink for which no request can be
 * made, for example because its URL is bad, is not well.
 */
export async function probeSinks(config: Config, sources: ProbeSources): Promise<SinkProbes> {
  const probes = new Map<Sink, SinkProbe>();
  for (const sink of SINKS) {
    const probe = canProbe(sink, config) ? await probeOf(sink, config, sources) : undefined;
    if (probe) probes.set(sink, probe);
  }
  return probes;
}

// --- internal ---

async function probeOf(
  sink: Sink,
  config: Config,
  { proxy, now }: ProbeSources,
): Promise<SinkProbe | undefined> {
  try {
    return await sink.probe?.({ config, clock: now, proxy });
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    return { isWell: false, detail: error.message };
  }
}
