import { TrackerError } from '../base/errors.ts';
import type { Config } from '../config/config.ts';
import type { ApiClient } from '../delivery/lineage/lineage-client.ts';
import { accessFault } from '../delivery/server-access.ts';
import type { FactSources } from './fact-sources.ts';

/** What the server says of itself at this moment. */
export interface Probe {
  readonly isWell: boolean;
  readonly detail: string;
}

/** True when the configuration names a server, and nothing it says is in the way of asking. */
export function canProbe(config: Config): boolean {
  return config.api.base_url !== null && accessFault(config) === null;
}

/** Asks the server how it is. */
export async function probeOf(api: Pick<ApiClient, 'health'>): Promise<Probe> {
  const { status, detail } = await api.health();
  return { isWell: status === 'healthy', detail };
}

/**
 * Asks the server that the configuration names, once; undefined where {@link canProbe} says no. A server
 * that cannot even be asked, such as one with a bad URL, is not well.
 */
export async function probeServer(
  config: Config,
  { env, now }: Pick<FactSources, 'env' | 'now'>,
): Promise<Probe | undefined> {
  if (!canProbe(config)) return undefined;
  // Loaded here and not above: it takes longer than all the rest, and most callers do not probe.
  const { openSinkDelivery, proxyOf } = await import('../delivery/sink-delivery.ts');
  try {
    const { api } = openSinkDelivery({
      config,
      database: noDatabase,
      clock: now,
      proxy: proxyOf(env),
    });
    const probe = await probeOf(api);
    await api.close();
    return probe;
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    return { isWell: false, detail: error.message };
  }
}

// --- internal ---

function noDatabase(): never {
  throw new TrackerError('E_NO_DATABASE', 'the question how the server is needs no database');
}
