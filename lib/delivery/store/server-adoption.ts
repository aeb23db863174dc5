import type { Database } from '../../store/database/database.ts';
import type { Sink } from '../sink.ts';
import { Outbox } from './outbox.ts';
import { SinkState } from './sink-state.ts';

/**
 * Notes which server a sink's events go to from now on; true if it was another one before. What waits
 * is due at once then, for the new server has refused nothing, and the sink brings into the outbox what
 * the new server has to be told first. `now`: milliseconds since 1970.
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
      if (before === null || before === server) return false; // all it knows of is in the outbox
      state.pause(0);
      new Outbox(database, sink.name).forgetWaits();
      sink.retell?.(database, now);
      return true;
    })
    .immediate();
}
