import type { LoadedConfig } from '../config/config-file.ts';
import { isSameServer, serverAddress } from '../config/server-address.ts';
import type { Database } from '../store/database/database.ts';
import type { Sink } from './sink.ts';
import { SinkState } from './store/sink-state.ts';

/** A sink at one address. All that tracker.db holds for it is under this name. */
export type Destination = Pick<Sink, 'name' | 'retell'>;

/**
 * Where a process delivers to. The address in the configuration files has the sink's own name; while they
 * name none, the first other one has it. Any further address, which a variable or a program names, has a
 * name of its own. So nobody settles the rows of another server, trips its breaker, or answers in its place
 * (docs/decisions/015).
 */
export function destinationOf(
  sink: Sink,
  { config, courier }: Pick<LoadedConfig, 'config' | 'courier'>,
  database: Database,
): Destination {
  const address = sink.address(config);
  if (address === null) return sink;
  const own = sink.address(courier.config) ?? new SinkState(database, sink.name).read().server;
  return own === null || isSameServer(address, own)
    ? sink
    : { ...sink, name: destinationName(sink, address) };
}

/** The name of a sink at an address that the configuration files do not name. */
export function destinationName({ name }: Pick<Sink, 'name'>, address: string): string {
  return `${name} ${serverAddress(address)}`;
}

/** The address in the name of a destination; undefined for one that the configuration files name. */
export function otherAddress(sink: Pick<Sink, 'name'>, destination: string): string | undefined {
  const prefix = `${sink.name} `;
  return destination.startsWith(prefix) ? destination.slice(prefix.length) : undefined;
}
