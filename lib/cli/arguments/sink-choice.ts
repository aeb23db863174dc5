import type { Config } from '../../config/config.ts';
import type { Database } from '../../store/database/database.ts';
import { hasOutboxRows } from '../../delivery/store/outbox-totals.ts';
import { configuredSinks, MAIN_SINK, SINKS } from '../../delivery/sinks.ts';
import type { Sink } from '../../delivery/sink.ts';
import { UsageError } from './usage-error.ts';

/** The argument of commands that can be about one sink. */
export const sinkArg = {
  sink: {
    type: 'string',
    valueHint: SINKS.map(({ name }) => name).join('|'),
    description: SINKS.map(
      ({ noun, name }, index) => `${index === 0 ? 'Only' : 'only'} of the ${noun} (${name})`,
    ).join(', or '),
  },
} as const;

/** The sink that `--sink` names, or undefined where it is not given. @throws UsageError */
export function sinkOf(args: { readonly sink?: string | undefined }): Sink | undefined {
  if (args.sink === undefined) return undefined;
  const sink = SINKS.find(({ name }) => name === args.sink);
  if (sink) return sink;
  const names = SINKS.map(({ name }) => name).join(' or ');
  throw new UsageError(`--sink is "${args.sink}"`, `Expected ${names}.`);
}

/** The sinks that the configuration names, be tracking switched off or not. */
export function namedSinks(config: Config): Sink[] {
  const { pattern_tracking } = config;
  return configuredSinks({ ...config, pattern_tracking: { ...pattern_tracking, enabled: true } });
}

/**
 * The sinks there is something to say of: those that are named, and those that something still waits
 * for. Where there is none it is the server, of which is said that there is none.
 */
export function sinksInUse(config: Config | undefined, database?: Database): Sink[] {
  const named = config ? namedSinks(config) : [];
  const inUse = SINKS.filter(
    (sink) => named.includes(sink) || (database && hasOutboxRows(database, sink.name)),
  );
  return inUse.length > 0 ? inUse : [MAIN_SINK];
}
