import type { TrackAnswer, TrackedEvent } from '../rows/tracked-event.ts';
import { planTrack, trackNeeds } from '../track-plan.ts';
import type { KnownNode, KnownState, TrackNeeds, TrackPlan } from '../track-plan.ts';
import type { Sql } from './connection.ts';
import { indexedWords } from './words.ts';

/**
 * Applies events in one transaction, in two round trips: what is known of them, and the rows to write.
 * Rejects with 40001, and nothing has happened, when another replica wrote something between the two
 * that the plan does not know; then it is to be called again.
 */
export async function applyEvents(
  sql: Sql,
  tenant: string,
  events: readonly TrackedEvent[],
): Promise<readonly TrackAnswer[]> {
  const plan = planTrack(events, await knownState(sql, tenant, trackNeeds(events)));
  if (plan.events.length > 0) await write(sql, tenant, events, plan);
  return plan.answers;
}

// --- internal ---

type NodeColumns = readonly [id: string, version: string, lineageId: string, generation: number];

async function knownState(
  sql: Sql,
  tenant: string,
  { eventIds, patternIds }: TrackNeeds,
): Promise<KnownState> {
  const [row] = await sql<KnownRow[]>`
    SELECT
      (SELECT json_agg(event_id) FROM event_ids
       WHERE tenant = ${tenant} AND event_id = ANY(${[...eventIds]}::text[])) AS events,
      (SELECT json_agg(json_build_array(id, version, lineage_id, generation)) FROM patterns
       WHERE tenant = ${tenant} AND id = ANY(${[...patternIds]}::text[])) AS firsts,
      (SELECT json_agg(json_build_array(pattern_id, version, '', generation) ORDER BY at, version)
       FROM pattern_versions
       WHERE tenant = ${tenant} AND pattern_id = ANY(${[...patternIds]}::text[])) AS further`;
  const firsts = (row?.firsts ?? []).map((columns) => readNode(columns, true));
  const lineages = new Map(firsts.map(({ patternId, lineageId }) => [patternId, lineageId]));
  const further = (row?.further ?? []).map((columns) => {
    const node = readNode(columns, false);
    return { ...node, lineageId: lineages.get(node.patternId) ?? node.patternId };
  });
  return { eventIds: new Set(row?.events), nodes: [...firsts, ...further] };
}

interface KnownRow {
  readonly events: readonly string[] | null;
  readonly firsts: readonly NodeColumns[] | null;
  readonly further: readonly NodeColumns[] | null;
}

function readNode([patternId, version, lineageId, generation]: NodeColumns, isFirst: boolean) {
  return { patternId, version, lineageId, generation, isFirst } satisfies KnownNode;
}

async function write(
  sql: Sql,
  tenant: string,
  events: readonly TrackedEvent[],
  plan: TrackPlan,
): Promise<void> {
  const tables = [
    eventRows(events, plan),
    patternRows(plan),
    plan.patterns.map((pattern) => ({
      id: pattern.patternId,
      name: pattern.name,
      code: pattern.code,
      words: indexedWords(tenant, pattern).join(' '),
    })),
    plan.versions.map((version) => ({
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
    })),
    plan.edges.map((edge) => ({
      child_id: edge.childId,
      parent_id: edge.parentId,
      edge_type: edge.edgeType,
      transformation_type: edge.transformationType,
      created_at: edge.at,
    })),
    sessionRows(plan),
    callRows(plan),
    [...new Map(plan.deprecations.map((each) => [each.patternId, each])).values()].map(
      ({ patternId, reason, at }) => ({ id: patternId, reason, at }),
    ),
    totalRows(plan),
  ].map((rows) => JSON.stringify(rows));
  const [a, b, c, d, e, f, g, h, i] = tables as Nine;
  await sql`SELECT apply_events_1(${tenant}, ${a}::text::json, ${b}::text::json, ${c}::text::json,
    ${d}::text::json, ${e}::text::json, ${f}::text::json, ${g}::text::json, ${h}::text::json,
    ${i}::text::json)`;
}

type Nine = [string, string, string, string, string, string, string, string, string];

function eventRows(
  events: readonly TrackedEvent[],
  { answers, events: rows, occurrences }: TrackPlan,
) {
  // The rows are of those events that were applied, in their order.
  const applied = events.filter((_event, index) => {
    const kind = answers[index]?.kind;
    return kind === 'created' || kind === 'exists' || kind === 'noted';
  });
  const actions = new Map(occurrences.map(({ event, action }) => [event.eventId, action]));
  return rows.map(({ eventId, eventType, patternId, version, at, receivedAt, extra }, index) => {
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
      extra,
    };
  });
}

function machineOf(extra: TrackedEvent['extra']): string | null {
  const { machine } = extra;
  return typeof machine === 'string' ? machine : null;
}

/** New patterns, and what was seen of those that are there. */
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
  const added = patterns.map(({ patternId, at, ...pattern }) => {
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
      origin: pattern.origin,
      generation: pattern.generation,
      lineage_id: pattern.lineageId,
      occurrences: sighting?.occurrences ?? 0,
      first_seen_at: Math.min(at, sighting?.firstAt ?? at),
      last_seen_at: Math.max(at, sighting?.lastAt ?? at),
      ...occurrence(patternId),
    };
  });
  const known = [...seen.values()].map((sighting) => ({
    ...NO_PATTERN,
    id: sighting.patternId,
    occurrences: sighting.occurrences,
    first_seen_at: sighting.firstAt,
    last_seen_at: sighting.lastAt,
    ...occurrence(sighting.patternId),
  }));
  return [...added, ...known];
}

/** For the columns that an update leaves alone, and an insert would need. */
const NO_PATTERN = {
  is_new: false,
  name: '',
  pattern_type: '',
  version: '',
  language: '',
  lines: 0,
  origin: '',
  generation: 0,
  lineage_id: '',
};

function sessionRows({ occurrences }: TrackPlan) {
  const met = new Map<string, number>();
  for (const { event } of occurrences) {
    const { sessionId, at } = event;
    if (sessionId !== null && !met.has(sessionId)) met.set(sessionId, at);
  }
  return [...met].map(([id, at]) => ({ id, met_at: at }));
}

/** The tool calls that wrote it. */
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

function totalRows({ patterns, occurrences }: TrackPlan) {
  const totals = new Map<string, number>();
  const add = (name: string) => totals.set(name, (totals.get(name) ?? 0) + 1);
  for (const { patternId, lineageId, language } of patterns) {
    add('patterns');
    add(`language:${language}`);
    if (lineageId === patternId) add('lineages');
  }
  if (occurrences.length > 0) totals.set('occurrences', occurrences.length);
  return [...totals].map(([name, value]) => ({ name, value }));
}
