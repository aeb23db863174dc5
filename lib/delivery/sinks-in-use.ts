import type { Config } from '../config/config.ts';
import { MAIN_SINK, SINKS, configuredSinks } from './sinks.ts';
import type { Sink } from './sink.ts';

/** The sinks that the configuration names, whether or not tracking is switched on. */
export function namedSinks(config: Config): Sink[] {
  const { pattern_tracking } = config;
  return configuredSinks({ ...config, pattern_tracking: { ...pattern_tracking, enabled: true } });
}

/**
 * The sinks that a command shows: those that the configuration names, and those whose outbox still holds
 * something. If there are none, it is `MAIN_SINK`, so that the command can say that no server is
 * configured.
 *
 * @param hasRows tells whether the outbox of a sink holds anything; by default none does
 */
export function sinksInUse(
  config: Config | undefined,
  hasRows: (sink: Sink) => boolean = () => false,
): Sink[] {
  const named = config ? namedSinks(config) : [];
  const inUse = SINKS.filter((sink) => named.includes(sink) || hasRows(sink));
  return inUse.length > 0 ? inUse : [MAIN_SINK];
}
