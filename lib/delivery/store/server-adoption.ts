import type { Database } from '../../store/database/database.ts';
import type { Sink } from '../sink.ts';
import { Outbox } from './outbox.ts';
import { SinkState } from './sink-state.ts';

/**
 * Notes which server a sink's events go to from now on; returns true if it was another one before. Then all
 * waiting rows become due, because the new server has refused nothing, and the sink adds to the outbox what
 * the new server must be told first. `now` is in milliseconds since 1970 UTC.
 */
export function adoptServer(
  database: Database,
  sink: Pick<Sink, 'name' | 'retell'>,
  server: string,
  now: number,
): boolean {
  const state = new SinkState(database, sink.name);
  if (state.read().server === server) return false;
  return database
    .transaction(() => {
      const before = state.read().server;
      state.noteServer(server);
      if (before === null || before === server) return false; // the outbox tells a first server everything
      state.pause(0);
      new Outbox(database, sink.name).forgetWaits();
      sink.retell?.(database, now);
      return true;
    })
    .immediate();
}
