import { TrackerError } from '../base/errors.ts';
import type { Config } from '../config/config.ts';
import { proxyOf } from '../delivery/http/proxy-settings.ts';
import { accessFault } from '../delivery/sink-access.ts';
import type { Sink, SinkProbe } from '../delivery/sink.ts';
import { SINKS } from '../delivery/sinks.ts';
import type { FactSources } from './fact-sources.ts';

/** What sinks say of themselves at this moment, as far as they were asked. */
export type SinkProbes = ReadonlyMap<Sink, SinkProbe>;

/** True when the configuration names the sink, and nothing it says is in the way of asking. */
export function canProbe(sink: Sink, config: Config): boolean {
  return sink.address(config) !== null && accessFault(config, sink) === null;
}

/**
 * Asks every sink that can be asked how it is, once. A sink that cannot even be asked, such as one with a
 * bad URL, is not well.
 */
export async function probeSinks(
  config: Config,
  sources: Pick<FactSources, 'env' | 'now'>,
): Promise<SinkProbes> {
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
  { env, now }: Pick<FactSources, 'env' | 'now'>,
): Promise<SinkProbe | undefined> {
  try {
    return await sink.probe?.({ config, clock: now, proxy: proxyOf(env) });
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    return { isWell: false, detail: error.message };
  }
}
