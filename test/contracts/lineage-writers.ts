import { DescentRows } from '../../lib/store/writers/descent-rows.ts';
import { TrackerWriter } from '../../lib/store/writers/tracker-writer.ts';
import type { Database } from '../../lib/store/database/database.ts';
import type { PatternStore } from '../../lib/service/store/pattern-store.ts';
import { fileNameOf } from './lineage-histories.ts';
import type { HistoryEvent, PatternOutcome } from './lineage-histories.ts';
import { trackedEvent } from './tracked-event.ts';

/** Writes events to tracker.db as the courier does, in one transaction. */
export function tellDatabase(database: Database, events: readonly HistoryEvent[]): void {
  const writer = new TrackerWriter(database);
  const { patterns, deprecations } = writer;
  writer.transaction(() => {
    for (const event of events) {
      const { patternId, at, eventId } = event;
      if (event.kind === 'deprecation') {
        deprecations.add(patternId, event.reason, at);
        continue;
      }
      const { parentIds, edgeType } = event;
      patterns.write(
        {
          patternId,
          replacedId: parentIds[0],
          parentIds,
          edgeType,
          code: `code of ${patternId}`,
          language: 'typescript',
          filePath: `/w/${fileNameOf(event)}`,
          startLine: 1,
          endLine: 1,
        },
        0,
        { eventId, at, sessionId: 's', toolUseId: undefined, toolName: 'Edit', projectId: null },
      );
    }
  });
}

/** Reads what tracker.db holds of patterns. */
export function databaseOutcomes(
  database: Database,
  ids: readonly string[],
): (PatternOutcome | undefined)[] {
  const rows = new DescentRows(database);
  const pattern = database.prepare<
    [string],
    Pick<PatternOutcome, 'id' | 'name' | 'firstSeenAt' | 'origin' | 'generation' | 'lineageId'>
  >(
    `SELECT id, name, first_seen_at AS firstSeenAt, origin, generation, lineage_id AS lineageId
     FROM patterns WHERE id = ?`,
  );
  const occurrences = database
    .prepare<[string], string>(
      "SELECT action || ' at ' || at FROM occurrences WHERE pattern_id = ? ORDER BY 1",
    )
    .pluck();
  const deprecation = database
    .prepare<[string], string>('SELECT reason FROM deprecations WHERE pattern_id = ?')
    .pluck();
  return ids.map((id) => {
    const row = pattern.get(id);
    if (!row) return undefined;
    const edges = rows.claims(id).filter(({ counts }) => counts);
    return {
      ...row,
      edges: edges.map(({ edgeType, parentId }) => `${edgeType} of ${parentId}`).toSorted(),
      occurrences: occurrences.all(id),
      deprecation: deprecation.get(id) ?? null,
    };
  });
}

/**
 * Sends events to a service as clients do, in batches. An event that is refused because a pattern is not known is sent
 * again after the others, and in the end as a creation, which may name unknown parents.
 */
export async function tellService(
  store: PatternStore,
  events: readonly HistoryEvent[],
): Promise<void> {
  let waiting = [...events];
  for (let before = Infinity; waiting.length > 0 && waiting.length < before;) {
    before = waiting.length;
    const refused: HistoryEvent[] = [];
    for (const batch of growing(waiting)) {
      const answers = await store.track(batch.map(lineageEvent));
      refused.push(...batch.filter((_, index) => answers[index]?.kind === 'refused'));
    }
    waiting = refused;
  }
  for (const event of waiting) {
    await store.track([{ ...lineageEvent(event), eventType: 'pattern_created' }]);
  }
}

/** Reads what a service holds of patterns. `reasonOf` reads the reason of a deprecation, which no reply has. */
export async function serviceOutcomes(
  store: PatternStore,
  ids: readonly string[],
  reasonOf: (id: string) => Promise<string | null>,
): Promise<(PatternOutcome | undefined)[]> {
  return Promise.all(
    ids.map(async (id) => {
      const pattern = await store.pattern(id);
      if (!pattern) return undefined;
      const up = await store.relatives(id, 'ancestry', { depth: 1, rows: 100 });
      const { name, firstSeenAt, origin, generation, lineageId } = pattern;
      return {
        id,
        name,
        firstSeenAt,
        origin,
        generation,
        lineageId,
        edges: (up?.relatives ?? [])
          .map(({ edgeType, patternId }) => `${edgeType} of ${patternId}`)
          .toSorted(),
        occurrences: pattern.recent.map(({ action, at }) => `${action} at ${at}`).toSorted(),
        deprecation: pattern.isDeprecated ? await reasonOf(id) : null,
      };
    }),
  );
}

// --- internal ---

/** Batches of 1, 2, 3 … events, so that what is told in one batch is tried as well as what is told apart. */
function* growing(events: readonly HistoryEvent[]): Generator<readonly HistoryEvent[]> {
  for (let from = 0, size = 1; from < events.length; from += size++) {
    yield events.slice(from, from + size);
  }
}

function lineageEvent(event: HistoryEvent) {
  const { patternId, at } = event;
  const eventId = `${event.eventId}-0`;
  if (event.kind === 'deprecation') {
    const { reason } = event;
    return trackedEvent({ eventId, patternId, at, reason, eventType: 'pattern_deprecated' });
  }
  const { parentIds, edgeType } = event;
  const [first] = parentIds;
  const eventType =
    first === undefined
      ? ('pattern_created' as const)
      : edgeType === 'derived_from'
        ? ('pattern_forked' as const)
        : new Set(parentIds).size > 1
          ? ('pattern_merged' as const)
          : ('pattern_modified' as const);
  const name = fileNameOf(event);
  return trackedEvent({ eventId, patternId, name, at, parentIds, edgeType, eventType });
}
