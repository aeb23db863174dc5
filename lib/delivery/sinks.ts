import type { Config } from '../config/config.ts';
import type { Database } from '../store/database/database.ts';
import { COLLECTOR } from './collector/collector-sink.ts';
import { LINEAGE } from './lineage/lineage-sink.ts';
import type { PatternFeed, Sink, ToolCallFeed } from './sink.ts';

/** Every sink there is, in the order in which they are shown and flushed. */
export const SINKS: readonly Sink[] = [LINEAGE, COLLECTOR];

/** The sink that is meant where none is named: at the top of every `--json`, and in the library. */
export const MAIN_SINK: Sink = LINEAGE;

/** The sinks that the configuration sends to. */
export function configuredSinks(config: Config): Sink[] {
  return SINKS.filter((sink) => sink.delivers(config));
}

/** What puts patterns into the outbox of each configured sink that takes them; undefined for none. */
export function patternFeed(
  config: Config,
  database: Database,
  machine: string,
): PatternFeed | undefined {
  const feeds = configuredSinks(config).flatMap(
    (sink) => sink.patternFeed?.(database, machine) ?? [],
  );
  if (feeds.length === 0) return undefined;
  return {
    add: (...occurrence) => {
      for (const feed of feeds) feed.add(...occurrence);
    },
  };
}

/** What puts tool calls into the outbox of each configured sink that takes them; undefined for none. */
export function toolCallFeed(config: Config, database: Database): ToolCallFeed | undefined {
  const feeds = configuredSinks(config).flatMap((sink) => sink.toolCallFeed?.(database) ?? []);
  if (feeds.length === 0) return undefined;
  return {
    put: (end) => {
      for (const feed of feeds) feed.put(end);
    },
  };
}
