import type { Config } from '../config/config.ts';
import type { Database } from '../store/database/database.ts';
import { COLLECTOR } from './collector/collector-sink.ts';
import { LINEAGE } from './lineage/lineage-sink.ts';
import { serverAddress } from '../config/server-address.ts';
import { SinkState } from './store/sink-state.ts';
import type { PatternFeed, Sink, ToolCallFeed } from './sink.ts';

/** All sinks, in the order in which they are shown and flushed. */
export const SINKS: readonly Sink[] = [LINEAGE, COLLECTOR];

/** The sink that is meant when none is named: in the top-level keys of every `--json`, and in the library. */
export const MAIN_SINK: Sink = LINEAGE;

/** The sinks that the configuration delivers to. */
export function configuredSinks(config: Config): Sink[] {
  return SINKS.filter((sink) => sink.delivers(config));
}

/** Adds patterns to the outbox of each configured sink that takes them; undefined if none does. */
export function patternFeed(
  config: Config,
  database: Database,
  machine: string,
): PatternFeed | undefined {
  const feeds = configuredSinks(config).flatMap(
    (sink) => sink.patternFeed?.(database, machine) ?? [],
  );
  if (feeds.length === 0) return undefined;
  const noteServers = serverNote(config, database);
  return {
    add: (...occurrence) => {
      noteServers();
      for (const feed of feeds) feed.add(...occurrence);
    },
  };
}

/** Adds tool calls to the outbox of each configured sink that takes them; undefined if none does. */
export function toolCallFeed(config: Config, database: Database): ToolCallFeed | undefined {
  const feeds = configuredSinks(config).flatMap((sink) => sink.toolCallFeed?.(database) ?? []);
  if (feeds.length === 0) return undefined;
  const noteServers = serverNote(config, database);
  return {
    put: (end) => {
      noteServers();
      for (const feed of feeds) feed.put(end);
    },
  };
}

// --- internal ---

/** Notes, with the first event, which servers the events wait for. */
function serverNote(config: Config, database: Database): () => void {
  let isNoted = false;
  return () => {
    if (isNoted) return;
    for (const sink of configuredSinks(config)) {
      const address = sink.address(config);
      if (address !== null) {
        new SinkState(database, sink.name).noteFirstServer(serverAddress(address));
      }
    }
    isNoted = true;
  };
}
