import {
  patternListReplySchema,
  patternReplySchema,
  searchReplySchema,
  similarReplySchema,
} from '../../lineage-api/lineage-reply.ts';
import { failureReplySchema } from '../../lineage-api/service-reply.ts';
import {
  patternListSchema,
  searchRequestSchema,
  similarRequestSchema,
} from '../../lineage-api/service-request.ts';
import type { PatternListRequest } from '../../lineage-api/service-request.ts';
import { languageNamed, UNKNOWN_LANGUAGE } from '../../pattern/language.ts';
import type { PatternStore } from '../store/pattern-store.ts';
import { LOOKED_THROUGH, searchedWords } from '../store/rows/pattern-search.ts';
import type { FoundPattern } from '../store/rows/pattern-search.ts';
import { cursorOf, placeOf } from '../replies/list-cursor.ts';
import { patternNotFound } from '../http/http-fault.ts';
import { occurrenceReply, patternReply, versionReply } from '../replies/pattern-reply.ts';
import { okReply, route } from '../http/route.ts';
import type { Call, Reply, Route } from '../http/route.ts';
import { mean, rounded } from '../analysis/statistics.ts';
import { DAY_MS } from '../analysis/time-window.ts';

/** How many of the best matches `min_quality_score` examines: each one costs a query. */
const QUALITY_CANDIDATES = 50;
/** How far back ratings count, in days. */
const QUALITY_DAYS = 365;

const list = {
  tag: 'Patterns',
  summary: 'List patterns, those first seen last at the top',
  description:
    'For the next page, send the `next_cursor` of this one as `cursor`, and all else as before. A walk by ' +
    '`first_seen` shows every pattern that is there all the time, however patterns are used meanwhile; one by ' +
    '`last_seen` may miss what is used meanwhile.',
  scope: 'read',
  replies: { 200: patternListReplySchema },
} as const;

/** Routes that list, show and search patterns. */
export const patternRoutes: readonly Route[] = [
  route({
    ...list,
    method: 'GET',
    path: '/lineage/query',
    query: patternListSchema,
    handle: (call) => listPatterns(call, call.query),
  }),
  route({
    ...list,
    method: 'POST',
    path: '/lineage/query',
    body: patternListSchema,
    handle: (call) => listPatterns(call, call.body),
  }),
  route({
    method: 'GET',
    path: '/patterns/{pattern_id}',
    tag: 'Patterns',
    summary: 'Show a pattern: its code, and where it was written last',
    scope: 'read',
    replies: { 200: patternReplySchema, 404: failureReplySchema },
    async handle({ store, service, actor, patternId, elapsedMs }) {
      const found = await store.pattern(patternId);
      if (!found) throw patternNotFound(patternId, elapsedMs());
      service.audit.read(actor, patternId, 1);
      return okReply({
        success: true,
        data: {
          ...patternReply(found),
          code: found.code,
          recent_occurrences: found.recent.map(occurrenceReply),
          further_versions: found.furtherVersions.map((version) => versionReply(found.id, version)),
        },
        metadata: { processing_time_ms: elapsedMs() },
      });
    },
  }),
  route({
    method: 'POST',
    path: '/search',
    tag: 'Patterns',
    summary: 'Find patterns by words in their code or name',
    description:
      'A pattern has to contain every word. If none does, the newest patterns are searched for them as ' +
      'parts of words. With `min_quality_score`, the reply has only patterns whose mean rating of the ' +
      `last ${QUALITY_DAYS} days reaches it, among the ${QUALITY_CANDIDATES} best matches.`,
    scope: 'read',
    body: searchRequestSchema,
    replies: { 200: searchReplySchema },
    async handle({ store, service, actor, body, elapsedMs }) {
      const now = service.clock();
      const { limit, min_quality_score: quality, time_window_days: days } = body;
      const words = searchedWords(body.query);
      const found =
        words.length === 0
          ? []
          : await store.search({
              words,
              limit: quality ? Math.max(limit, QUALITY_CANDIDATES) : limit,
              patternTypes: body.pattern_types?.length ? body.pattern_types : undefined,
              language: body.language ?? undefined,
              since: days ? now - Math.round(days * DAY_MS) : undefined,
            });
      const patterns = quality
        ? (await rated(store, found, quality, now)).slice(0, limit)
        : found.map(foundReply);
      if (patterns.length > 0) service.audit.read(actor, null, patterns.length);
      return okReply({
        success: true,
        data: { patterns, count: patterns.length },
        metadata: { processing_time_ms: elapsedMs() },
      });
    },
  }),
  route({
    method: 'POST',
    path: '/similar',
    tag: 'Patterns',
    summary: 'Find patterns whose code is like a code, or like a pattern',
    description:
      'Code is found also if it was reformatted, if its names were changed, or some statements: give its `language`, or only ' +
      'what has the same names is found. A `pattern_id` in place of `code` compares that pattern with the others. On PostgreSQL, ' +
      `the newest ${LOOKED_THROUGH} patterns are compared.`,
    scope: 'read',
    body: similarRequestSchema,
    replies: { 200: similarReplySchema, 404: failureReplySchema },
    async handle({ store, service, actor, body, elapsedMs }) {
      const { code, pattern_id: id, language, min_score: least, limit } = body;
      const named = id ? await store.pattern(id) : undefined;
      if (id && !named) throw patternNotFound(id, elapsedMs());
      const found = await store.similar({
        code: named?.code ?? code ?? '',
        language: named?.language ?? (language ? languageNamed(language) : UNKNOWN_LANGUAGE),
        except: named?.id,
        least,
        limit,
      });
      if (found.length > 0) service.audit.read(actor, null, found.length);
      return okReply({
        success: true,
        data: {
          patterns: found.map((pattern) => ({ ...foundReply(pattern), score: pattern.score })),
          count: found.length,
        },
        metadata: { processing_time_ms: elapsedMs() },
      });
    },
  }),
];

// --- internal ---

async function listPatterns(
  { store, elapsedMs }: Call,
  { limit, cursor, order, language, pattern_type, session_id }: PatternListRequest,
): Promise<Reply> {
  const rows = await store.patterns({
    limit: limit + 1, // one more than wanted tells whether another page follows
    order,
    before: cursor ? placeOf(cursor, order) : undefined,
    language: language ?? undefined,
    patternType: pattern_type ?? undefined,
    sessionId: session_id ?? undefined,
  });
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return okReply({
    success: true,
    data: {
      patterns: page.map(patternReply),
      count: page.length,
      next_cursor: last
        ? cursorOf(
            { at: order === 'first_seen' ? last.firstSeenAt : last.lastSeenAt, id: last.id },
            order,
          )
        : null,
    },
    metadata: { processing_time_ms: elapsedMs() },
  });
}

function foundReply(pattern: FoundPattern) {
  return { ...patternReply(pattern), code_preview: pattern.head };
}

async function rated(
  store: PatternStore,
  found: readonly FoundPattern[],
  fewest: number,
  now: number,
) {
  const patterns = [];
  for (const pattern of found) {
    const activity = await store.activity(pattern.id, now - QUALITY_DAYS * DAY_MS, now + 1);
    const ratings = activity?.feedback.flatMap(({ rating }) => rating ?? []) ?? [];
    const score = mean(ratings);
    if (score === null || score < fewest) continue;
    patterns.push({ ...foundReply(pattern), quality_score: rounded(score) });
  }
  return patterns;
}
