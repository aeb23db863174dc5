import type { TrackAnswer, TrackedEvent } from '../rows/tracked-event.ts';
import { trackNeeds } from '../track-plan.ts';
import type { TrackPlan } from '../track-plan.ts';
import { planTrack } from '../track-planner.ts';
import type { Sql } from './connection.ts';
import { descentRows, edgeRows, nodeRows } from './descent-rows.ts';
import { readKnown } from './known.ts';
import type { Known } from './known.ts';
import { indexedWords } from './text/words.ts';

/**
 * Applies events in one transaction. One round trip or two read what is known of them; another one writes
 * the rows. If another replica has changed in between what the plan rests on, this rejects with SQLSTATE
 * 40001 and nothing has been written; call it again.
 */
export async function applyEvents(
  sql: Sql,
  tenant: string,
  events: readonly TrackedEvent[],
): Promise<readonly TrackAnswer[]> {
  const known = await readKnown(sql, tenant, trackNeeds(events), events);
  const plan = planTrack(events, known.state);
  if (plan.events.length > 0) await write(sql, tenant, { events, plan, known });
  return plan.answers;
}

// --- internal ---

interface Planned {
  readonly events: readonly TrackedEvent[];
  readonly plan: TrackPlan;
  readonly known: Known;
}

async function write(sql: Sql, tenant: string, { events, plan, known }: Planned): Promise<void> {
  const json = (rows: readonly unknown[]) => sql`${JSON.stringify(rows)}::text::json`;
  const patterns = patternRows(plan);
  await sql`SELECT apply_events_3(
    of_tenant => ${tenant},
    rewrites => ${rewrites(plan)},
    read_nodes => ${json(nodeRows(plan, known.family))},
    family => ${[...known.family.ids]}::text[],
    new_ids => ${plan.patterns.map(({ patternId }) => patternId)}::text[],
    new_events => ${json(eventRows(events, plan))},
    new_patterns => ${json(patterns.added)},
    seen_again => ${json(patterns.again)},
    new_code => ${json(codeRows(tenant, plan))},
    changed_descents => ${json(descentRows(plan))},
    renamings => ${json(renamingRows(plan))},
    new_versions => ${json(versionRows(plan))},
    new_edges => ${json(edgeRows(plan))},
    seen_sessions => ${json(sessionRows(plan))},
    new_calls => ${json(callRows(plan))},
    deprecations => ${json(deprecationRows(plan))},
    counts => ${json(totalRows(plan))})`;
}

/** True if the plan changes stored rows of descent, or relies on a parent that is missing or too late. */
function rewrites({ descents }: TrackPlan): boolean {
  return descents.some(
    ({ before, after }) => before !== undefined || after.claims.some(({ counts }) => !counts),
  );
}

function codeRows(tenant: string, { patterns }: TrackPlan) {
  return patterns.map((pattern) => ({
    id: pattern.patternId,
    name: pattern.name,
    code: pattern.code,
    words: indexedWords(tenant, pattern).join(' '),
  }));
}

function renamingRows({ renamings }: TrackPlan) {
  return renamings.map(({ patternId, name, patternType, language }) => ({
    id: patternId,
    name,
    language,
    pattern_type: patternType,
  }));
}

function versionRows({ versions }: TrackPlan) {
  return versions.map((version) => ({
    pattern_id: version.patternId,
    version: version.version,
    generation: version.generation,
    name: version.name,
    code: version.code,
    pattern_type: version.patternType,
    from_version: version.fromVersion,
    edge_type: version.edgeType,
    transformation_type: version.transformationType,
    at: version.at,
  }));
}

function deprecationRows({ deprecations }: TrackPlan) {
  return deprecations.map(({ patternId, reason, at }) => ({ id: patternId, reason, at }));
}

function eventRows(
  events: readonly TrackedEvent[],
  { answers, events: rows, occurrences }: TrackPlan,
) {
  // There is a row for each event that was applied, in their order.
  const applied = events.filter((_event, index) => {
    const kind = answers[index]?.kind;
    return kind === 'created' || kind === 'exists' || kind === 'noted';
  });
  const actions = new Map(occurrences.map(({ event, action }) => [event.eventId, action]));
  return rows.map((row, index) => {
    const { eventId, eventType, patternId, version, at, receivedAt, request, extra } = row;
    const event = applied[index];
    return {
      event_id: eventId,
      event_type: eventType,
      pattern_id: patternId,
      version,
      action: actions.get(eventId) ?? null,
      session_id: event?.sessionId ?? null,
      tool_use_id: event?.toolUseId ?? null,
      tool_name: event?.toolName ?? null,
      agent_name: event?.agentName ?? null,
      machine: machineOf(extra),
      file_path: event?.filePath ?? null,
      language: event?.language ?? null,
      start_line: event?.startLine ?? null,
      end_line: event?.endLine ?? null,
      duration_ms: event?.durationMs ?? null,
      reason: event?.reason ?? null,
      triggered_by: event?.triggeredBy ?? null,
      at,
      received_at: receivedAt,
      request,
      extra,
    };
  });
}

function machineOf(extra: TrackedEvent['extra']): string | null {
  const { machine } = extra;
  return typeof machine === 'string' ? machine : null;
}

/** Rows of new patterns, and uses of the stored ones. */
function patternRows({ patterns, sightings, occurrences }: TrackPlan) {
  const newest = new Map<string, TrackedEvent>();
  for (const { patternId, event } of occurrences) {
    if (event.at >= (newest.get(patternId)?.at ?? -Infinity)) newest.set(patternId, event);
  }
  const seen = new Map(sightings.map((sighting) => [sighting.patternId, sighting]));
  const occurrence = (patternId: string) => {
    const event = newest.get(patternId);
    return {
      newest_at: event?.at ?? null,
      file_path: event?.filePath ?? null,
      session_id: event?.sessionId ?? null,
    };
  };
  const added = patterns.map(({ patternId, lastAt, descent, ...pattern }) => {
    const sighting = seen.get(patternId);
    seen.delete(patternId);
    return {
      is_new: true,
      id: patternId,
      name: pattern.name,
      pattern_type: pattern.patternType,
      version: pattern.version,
      language: pattern.language,
      lines: pattern.lines,
      origin: descent.origin,
      generation: descent.generation,
      lineage_id: descent.lineageId,
      origin_at: descent.originAt,
      origin_key: descent.originKey,
      occurrences: sighting?.occurrences ?? 0,
      first_seen_at: Math.min(descent.originAt, sighting?.firstAt ?? descent.originAt),
      last_seen_at: Math.max(lastAt, sighting?.lastAt ?? lastAt),
      ...occurrence(patternId),
    };
  });
  const again = [...seen.values()].map((sighting) => ({
    id: sighting.patternId,
    occurrences: sighting.occurrences,
    first_seen_at: sighting.firstAt,
    last_seen_at: sighting.lastAt,
    ...occurrence(sighting.patternId),
  }));
  return { added, again };
}

function sessionRows({ occurrences }: TrackPlan) {
  const met = new Map<string, number>();
  for (const { event } of occurrences) {
    const { sessionId, at } = event;
    if (sessionId !== null && !met.has(sessionId)) met.set(sessionId, at);
  }
  return [...met].map(([id, at]) => ({ id, met_at: at }));
}

/** The tool calls that the occurrences name. */
function callRows({ occurrences }: TrackPlan) {
  return occurrences.flatMap(({ event }) => {
    const { sessionId, toolUseId, toolName, agentName, filePath, durationMs, at } = event;
    if (sessionId === null || toolUseId === null) return [];
    return {
      session_id: sessionId,
      tool_use_id: toolUseId,
      tool_name: toolName ?? '',
      agent_name: agentName,
      summary: filePath ?? '',
      duration_ms: durationMs,
      at,
    };
  });
}

function totalRows({ patterns, descents, occurrences }: TrackPlan) {
  const totals = new Map<string, number>();
  const add = (name: string, value: number) => totals.set(name, (totals.get(name) ?? 0) + value);
  for (const { language } of patterns) {
    add('patterns', 1);
    add(`language:${language}`, 1);
  }
  for (const { before, after } of descents) {
    const was = before !== undefined && before.lineageId === after.id;
    add('lineages', Number(after.lineageId === after.id) - Number(was));
  }
  if (occurrences.length > 0) totals.set('occurrences', occurrences.length);
  return [...totals].map(([name, value]) => ({ name, value }));
}
