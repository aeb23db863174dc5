// A replica of the release before: its schema, and the statements that it writes and lists with, as they were.
import postgres from 'postgres';
import { POSTGRES_MIGRATIONS } from '../../../../../lib/service/store/postgres/schema/migrations.ts';
import {
  edgeRows,
  nodeRows,
  descentRows,
} from '../../../../../lib/service/store/postgres/descent-rows.ts';
import { readKnown } from '../../../../../lib/service/store/postgres/known.ts';
import type { Sql } from '../../../../../lib/service/store/postgres/connection.ts';
import { trackNeeds } from '../../../../../lib/service/store/track-plan.ts';
import { planTrack } from '../../../../../lib/service/store/track-planner.ts';
import type {
  TrackAnswer,
  TrackedEvent,
} from '../../../../../lib/service/store/rows/tracked-event.ts';

/** The version that the release before brought its database to. */
const VERSION = 6;

/** Makes the tables of the release before. */
export async function migrateAsBefore(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql.unsafe(
    `CREATE TABLE schema_migrations (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
  );
  for (const [index, script] of POSTGRES_MIGRATIONS.slice(0, VERSION).entries()) {
    await sql.unsafe(script);
    await sql`INSERT INTO schema_migrations (version) VALUES (${index + 1})`;
  }
  await sql.end();
}

/** What the release before did with a batch of creations and uses; it tried again when transactions collided. */
export class PreviousReplica {
  readonly #sql: Sql;

  constructor(url: string) {
    this.#sql = postgres(url, {
      max: 2,
      onnotice: () => {},
      types: {
        bigint: { to: 20, from: [20], serialize: String, parse: Number },
      },
    }) as unknown as Sql;
  }

  async track(events: readonly TrackedEvent[]): Promise<readonly TrackAnswer[]> {
    for (;;) {
      try {
        return await this.#attempt(events);
      } catch (error) {
        if (!['40001', '40P01'].includes((error as { code: string }).code)) throw error;
      }
    }
  }

  /** How often it takes a pattern to have been written, and when last. */
  async pattern(id: string): Promise<{ occurrences: number; lastSeenAt: number } | undefined> {
    const [row] = await this.#sql<{ occurrences: number; lastSeenAt: number }[]>`
      SELECT p.occurrences, p.last_seen_at AS "lastSeenAt" FROM patterns p
      WHERE p.tenant = 'default' AND p.id = ${id}`;
    return row;
  }

  async close(): Promise<void> {
    await this.#sql.end();
  }

  async #attempt(events: readonly TrackedEvent[]): Promise<readonly TrackAnswer[]> {
    const sql = this.#sql;
    const known = await readKnown(sql, 'default', trackNeeds(events), events);
    const plan = planTrack(events, known.state);
    if (plan.events.length === 0) return plan.answers;
    const json = (rows: readonly unknown[]) => sql`${JSON.stringify(rows)}::text::json`;
    const applied = events.filter((_, index) => plan.answers[index]?.kind !== 'duplicate');
    const seen = new Map(plan.sightings.map((sighting) => [sighting.patternId, sighting]));
    const row = (patternId: string, at: number) => ({
      occurrences: seen.get(patternId)?.occurrences ?? 0,
      first_seen_at: Math.min(at, seen.get(patternId)?.firstAt ?? at),
      last_seen_at: Math.max(at, seen.get(patternId)?.lastAt ?? at),
      newest_at: seen.get(patternId)?.lastAt ?? null,
      file_path: '/w/app/queue.ts',
      session_id: 's-1',
    });
    const added = plan.patterns.map(({ patternId, name, descent, lastAt, ...pattern }) => ({
      is_new: true,
      id: patternId,
      name,
      pattern_type: pattern.patternType,
      version: pattern.version,
      language: pattern.language,
      lines: pattern.lines,
      origin: descent.origin,
      generation: descent.generation,
      lineage_id: descent.lineageId,
      origin_at: descent.originAt,
      origin_key: descent.originKey,
      ...row(patternId, lastAt),
    }));
    const stored = plan.sightings
      .filter(({ patternId }) => !plan.patterns.some((pattern) => pattern.patternId === patternId))
      .map(({ patternId, firstAt, lastAt }) => ({
        is_new: false,
        id: patternId,
        name: '',
        pattern_type: '',
        version: '',
        language: '',
        lines: 0,
        origin: '',
        generation: 0,
        lineage_id: '',
        ...row(patternId, lastAt),
        first_seen_at: firstAt,
      }));
    const { descents } = plan;
    await sql`SELECT apply_events_2(
      of_tenant => ${'default'},
      rewrites => ${descents.some(
        ({ before, after }) => before !== undefined || after.claims.some(({ counts }) => !counts),
      )},
      read_nodes => ${json(nodeRows(plan, known.family))},
      family => ${sql.array([...known.family.ids])}::text[],
      new_ids => ${sql.array(plan.patterns.map(({ patternId }) => patternId))}::text[],
      new_events => ${json(
        plan.events.map(({ eventId, eventType, patternId, version, at, receivedAt }, index) => ({
          event_id: eventId,
          event_type: eventType,
          pattern_id: patternId,
          version,
          action: plan.occurrences[index]?.action ?? null,
          session_id: applied[index]?.sessionId,
          file_path: applied[index]?.filePath,
          at,
          received_at: receivedAt,
          extra: {},
        })),
      )},
      seen_patterns => ${json([...added, ...stored])},
      new_code => ${json(
        plan.patterns.map(({ patternId, name, code }) => ({
          id: patternId,
          name,
          code,
          words: '',
        })),
      )},
      changed_descents => ${json(descentRows(plan))},
      renamings => ${json([])},
      new_versions => ${json([])},
      new_edges => ${json(edgeRows(plan))},
      seen_sessions => ${json([])},
      new_calls => ${json([])},
      deprecations => ${json([])},
      counts => ${json([{ name: 'occurrences', value: plan.occurrences.length }])})`;
    return plan.answers;
  }
}
