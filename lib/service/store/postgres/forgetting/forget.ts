import { basename } from 'node:path/posix';
import { Descent } from '../../../../pattern/descent.ts';
import {
  addRemoved,
  choosesCalls,
  movesOrigins,
  NOTHING_REMOVED,
  STEP_PATTERNS,
  STEP_ROWS,
  TELLING_EVENTS,
} from '../../rows/forgetting.ts';
import type { ForgetPlace, ForgetStep, RemovedRows, Selection } from '../../rows/forgetting.ts';
import type { Sql } from '../connection.ts';
import { descentRows, edgeRows, nodeRows } from '../descent-rows.ts';
import { readDescendants } from '../known.ts';
import { candidates, eventCondition } from './selection-sql.ts';
import { indexedWords } from '../text/words.ts';

/**
 * Deletes some of the rows that `selection` names. Reads what is to go, plans, and writes in one transaction;
 * rejects with SQLSTATE 40001 if another replica has changed what was read, and then nothing was deleted.
 */
export async function forgetStep(
  sql: Sql,
  tenant: string,
  selection: Selection,
  place: ForgetPlace,
  now: number,
): Promise<ForgetStep> {
  if (place.step === 'others') return forgetOthers(sql, tenant, selection);
  const page = await sql<Candidate[]>`
    ${candidates(sql, tenant, selection, place, STEP_PATTERNS)}`;
  const last = page.at(-1);
  if (!last) return { removed: NOTHING_REMOVED, next: { step: 'others' } };
  const ids = page.map(({ id }) => id);
  const read = await readPage(sql, tenant, selection, ids);
  const removed = await removeRows(sql, tenant, selection, read, now);
  const isDone = read.events.length < STEP_ROWS;
  const { id, seenAt } = last;
  return { removed, next: isDone ? { step: 'patterns', id, seenAt } : place };
}

// --- internal ---

interface Candidate {
  readonly id: string;
  readonly seenAt: number;
}

interface EventRow {
  readonly event_id: string;
  readonly pattern_id: string;
  readonly at: number;
  readonly action: string | null;
  readonly session_id: string | null;
  readonly tool_use_id: string | null;
}

/** A pattern of the page, and what is left of its events. */
interface PatternRow {
  readonly id: string;
  readonly originAt: number;
  readonly originKey: string;
  /** In the pattern's own row, as the time below it; those of `pattern_uses` come to it. */
  readonly occurrences: number;
  readonly ownLastSeenAt: number;
  readonly uses: number;
  readonly lastSeenAt: number;
  readonly language: string;
  readonly patternType: string;
  readonly isLeft: boolean;
  readonly firstAt: number | null;
  readonly newest: { at: number; file_path: string | null; session_id: string | null } | null;
  /** The earliest event that tells how the pattern came to be. */
  readonly told: { at: number; key: string; file_path: string | null } | null;
  readonly leftAt: number | null;
}

interface Page {
  readonly events: readonly EventRow[];
  readonly patterns: readonly PatternRow[];
}

async function readPage(
  sql: Sql,
  tenant: string,
  selection: Selection,
  ids: readonly string[],
): Promise<Page> {
  const left = sql`events e WHERE e.tenant = ${tenant} AND e.pattern_id = p.id
    AND e.event_id NOT IN (SELECT event_id FROM chosen)`;
  const [row] = await sql<Page[]>`
    WITH chosen AS MATERIALIZED (
      SELECT own.* FROM unnest(${[...ids]}::text[]) AS page (id) CROSS JOIN LATERAL (
        SELECT e.event_id, e.pattern_id, e.at, e.action, e.session_id, e.tool_use_id FROM events e
        WHERE e.tenant = ${tenant} AND e.pattern_id = page.id AND ${eventCondition(sql, selection)}
      ) AS own LIMIT ${STEP_ROWS}
    )
    SELECT (SELECT coalesce(json_agg(chosen), '[]') FROM chosen) AS events,
      (SELECT coalesce(json_agg(json_build_object('id', p.id,
        'originAt', coalesce(p.origin_at, p.first_seen_at), 'originKey', coalesce(p.origin_key, ''),
        'occurrences', p.occurrences, 'ownLastSeenAt', p.last_seen_at, 'uses', coalesce(u.occurrences, 0),
        'lastSeenAt', greatest(p.last_seen_at, u.last_seen_at), 'language', p.language,
        'patternType', p.pattern_type,
        'isLeft', EXISTS (SELECT FROM ${left}),
        'leftAt', (SELECT e.at FROM ${left} ORDER BY e.at LIMIT 1),
        'firstAt', (SELECT e.at FROM ${left} AND e.action IS NOT NULL ORDER BY e.at LIMIT 1),
        'newest', (SELECT json_build_object('at', e.at, 'file_path', e.file_path,
            'session_id', e.session_id)
          FROM ${left} AND e.action IS NOT NULL ORDER BY e.at DESC, e.event_id DESC LIMIT 1),
        'told', (SELECT json_build_object('at', e.at, 'key', e.event_id, 'file_path', e.file_path)
          FROM ${left} AND e.version = p.version AND e.event_type = ANY(${[...TELLING_EVENTS]}::text[])
          ORDER BY e.at, e.event_id DESC LIMIT 1))), '[]')
       FROM patterns p LEFT JOIN pattern_uses u ON u.tenant = p.tenant AND u.id = p.id
       WHERE p.tenant = ${tenant} AND p.id = ANY(${[...ids]}::text[])) AS patterns`;
  return row ?? { events: [], patterns: [] };
}

async function removeRows(
  sql: Sql,
  tenant: string,
  selection: Selection,
  { events, patterns }: Page,
  now: number,
): Promise<RemovedRows> {
  const lost = new Map<string, number>();
  for (const { pattern_id: id, action } of events) {
    lost.set(id, (lost.get(id) ?? 0) + (action === null ? 0 : 1));
  }
  const { before } = selection;
  const isChosen = ({ lastSeenAt }: PatternRow) =>
    !movesOrigins(selection) && (before === undefined || lastSeenAt < before);
  const gone = patterns.filter((row) => !row.isLeft && (lost.has(row.id) || isChosen(row)));
  const kept = patterns.filter(({ id, isLeft }) => isLeft && lost.has(id));
  if (gone.length === 0 && events.length === 0) return NOTHING_REMOVED;
  const eventIds = new Set(events.map(({ event_id: id }) => id));
  const isOriginGone = movesOrigins(selection);
  const moved = kept.filter(({ originKey }) => isOriginGone && eventIds.has(originKey));
  const roots = [...gone, ...moved].map(({ id }) => id);
  const family = await readDescendants(sql, tenant, roots);
  const descent = new Descent(family.descent);
  descent.delete(gone.map(({ id }) => id));
  for (const { id, told, leftAt, originAt } of moved) {
    descent.moveOrigin(id, told ?? { at: leftAt ?? originAt, key: '' });
  }
  const plan = { descents: descent.changes(), versionEdges: [] };
  const origins = await movedRows(sql, tenant, moved);
  const json = (rows: readonly unknown[]) => sql`${JSON.stringify(rows)}::text::json`;
  const [row] = await sql<{ removed: Partial<RemovedRows> }[]>`SELECT forget_events_2(
    of_tenant => ${tenant},
    happens_at => ${now},
    read_nodes => ${json(nodeRows(plan, family))},
    family => ${[...family.ids]}::text[],
    gone => ${gone.map(({ id }) => id)}::text[],
    removed => ${json(events)},
    kept => ${json(kept.map((pattern) => keptRow(pattern, lost.get(pattern.id) ?? 0)))},
    moved => ${json(origins)},
    changed_descents => ${json(descentRows(plan))},
    new_edges => ${json(edgeRows(plan))},
    takes_calls => ${!choosesCalls(selection)},
    read_uses => ${json(kept.map(({ id, uses }) => ({ id, occurrences: uses })))}) AS removed`;
  return addRemoved(NOTHING_REMOVED, row?.removed ?? {});
}

function keptRow({ id, occurrences, ownLastSeenAt, firstAt, newest }: PatternRow, lost: number) {
  return {
    id,
    read_occurrences: occurrences,
    read_last_seen_at: ownLastSeenAt,
    lost,
    first_at: firstAt,
    newest_at: newest?.at ?? null,
    file_path: newest?.file_path ?? null,
    session_id: newest?.session_id ?? null,
  };
}

/** The patterns whose origin moves; each gets the name of its new origin's file, and is found by it. */
async function movedRows(sql: Sql, tenant: string, moved: readonly PatternRow[]) {
  const ids = moved.map(({ id }) => id);
  const found =
    ids.length === 0
      ? []
      : await sql<{ id: string; code: string }[]>`
          SELECT id, code FROM pattern_code WHERE tenant = ${tenant} AND id = ANY(${ids}::text[])`;
  const codes = new Map(found.map(({ id, code }) => [id, code]));
  return moved.map(({ id, told, leftAt, originAt, language, patternType }) => {
    const name = told?.file_path ? basename(told.file_path) || null : null;
    const code = codes.get(id) ?? '';
    return {
      id,
      at: told?.at ?? leftAt ?? originAt,
      key: told?.key ?? '',
      types: TELLING_EVENTS,
      name,
      words:
        name === null ? '' : indexedWords(tenant, { name, code, language, patternType }).join(' '),
    };
  });
}

async function forgetOthers(
  sql: Sql,
  tenant: string,
  { patternId, sessionId, machine, before }: Selection,
): Promise<ForgetStep> {
  const [row] = await sql<{ removed: Partial<RemovedRows> }[]>`SELECT forget_others_1(
    of_tenant => ${tenant}, of_pattern => ${patternId ?? null}, of_session => ${sessionId ?? null},
    of_machine => ${machine ?? null}, before => ${before ?? null}, most => ${STEP_ROWS}) AS removed`;
  const removed = addRemoved(NOTHING_REMOVED, row?.removed ?? {});
  const isMore = Object.values(removed).some((count) => count === STEP_ROWS);
  return { removed, next: isMore ? { step: 'others' } : undefined };
}
