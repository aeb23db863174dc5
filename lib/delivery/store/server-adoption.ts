import type { Database } from '../../store/database/database.ts';
import { isSameServer } from '../../config/server-address.ts';
import { destinationName } from '../destination.ts';
import type { Sink } from '../sink.ts';
import { hasOutboxRows } from './outbox-totals.ts';
import { Outbox } from './outbox.ts';
import { readdress } from './readdressing.ts';
import { SinkState } from './sink-state.ts';

/**
 * Notes which server a sink's events go to from now on; returns true if it was another one before. Then all
 * waiting rows become due, because the new server has refused nothing, and the sink adds to the outbox what
 * the new server must be told first. It also takes over what waits for that server under another name,
 * from before the configuration files named it. `now` is in milliseconds since 1970 UTC.
 */
export function adoptServer(
  database: Database,
  sink: Pick<Sink, 'name' | 'retell'>,
  server: string,
  now: number,
): boolean {
  const state = new SinkState(database, sink.name);
  const alias = destinationName(sink, server);
  const hasAlias = hasOutboxRows(database, alias);
  const isKnown = (before: string | null) => before !== null && isSameServer(before, server);
  if (isKnown(state.read().server) && !hasAlias) return false;
  return database
    .transaction(() => {
      if (hasAlias) readdress(database, alias, sink, now);
      const before = state.read().server;
      state.noteServer(server);
      if (before === null || isKnown(before)) return false; // the outbox tells a first server everything
      state.pause(0);
      new Outbox(database, sink.name).forgetWaits();
      sink.retell?.(database, sink.name, now);
      return true;
    })
    .immediate();
}
