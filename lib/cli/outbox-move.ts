import { loadConfig } from '../config/config-file.ts';
import { destinationName } from '../delivery/destination.ts';
import type { Sink } from '../delivery/sink.ts';
import { SINKS } from '../delivery/sinks.ts';
import { readdress } from '../delivery/store/readdressing.ts';
import { waitingElsewhere } from '../delivery/waiting-elsewhere.ts';
import type { Database } from '../store/database/database.ts';
import { acquireProcessLock } from '../store/database/process-lock.ts';
import { UsageError } from './arguments/usage-error.ts';
import type { CliEnvironment } from './environment.ts';

/** How long to wait for a courier that delivers, in milliseconds. */
const LOCK_MS = 5_000;

/**
 * Gives all that waits for servers which config.yaml does not name to the ones it names; returns how many
 * events that were.
 *
 * @throws UsageError when config.yaml names no server, or another process delivers at the moment
 */
export function moveAll(database: Database, only: Sink | undefined, cli: CliEnvironment): number {
  const { config } = loadConfig(cli.paths).courier;
  let moved = 0;
  for (const sink of only ? [only] : SINKS) {
    const elsewhere = waitingElsewhere(database, sink, sink.name);
    if (elsewhere.length === 0) continue;
    if (sink.address(config) === null) {
      const hint = `Set ${sink.key} in ${cli.paths.configFile}.`;
      throw new UsageError(`config.yaml names no ${sink.noun}`, hint);
    }
    const lock = acquireProcessLock(sink.lockPath(cli.paths), LOCK_MS);
    if (!lock) throw new UsageError('a courier is delivering', 'Try it again in a minute.');
    try {
      const names = elsewhere.map(({ address }) => destinationName(sink, address ?? ''));
      moved += database
        .transaction(() =>
          names.reduce((sum, name) => sum + readdress(database, name, sink, cli.now()), 0),
        )
        .immediate();
    } finally {
      lock.release();
    }
  }
  return moved;
}
