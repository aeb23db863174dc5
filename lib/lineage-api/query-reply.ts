import { asArray, asNumber, asObject, asString, isJsonObject } from '../base/json.ts';
import type { Json, JsonObject } from '../base/json.ts';

/** A pattern as a server lists it; null for what the reply omits. */
export interface RepliedPattern {
  readonly id: string;
  readonly name: string;
  readonly language: string | null;
  readonly filePath: string | null;
  readonly lines: number | null;
  readonly generation: number | null;
  readonly lineageId: string | null;
  readonly occurrences: number | null;
  /** ISO 8601 in UTC, as is `lastSeenAt`. */
  readonly firstSeenAt: string | null;
  readonly lastSeenAt: string | null;
  readonly isDeprecated: boolean;
}

/** A pattern in the lineage of another. */
export interface RepliedRelative {
  readonly id: string;
  readonly generation: number | null;
  readonly edgeType: string | null;
  /** Steps from the pattern asked about; null if the reply does not tell. */
  readonly depth: number | null;
}

/** The patterns in a reply of any known shape; undefined if the reply holds no list of patterns. */
export function readPatterns(body: unknown): RepliedPattern[] | undefined {
  const data = asObject(body)?.['data'];
  const list = [body, data, asObject(body)?.['patterns'], asObject(data)?.['patterns']].find(
    Array.isArray,
  ) as readonly Json[] | undefined;
  if (!list) return undefined;
  return list.flatMap((item) => {
    const row = asObject(item);
    const id = asString(row?.['pattern_id']) ?? asString(row?.['id']);
    return row && id ? [patternOf(id, row)] : [];
  });
}

/**
 * The relatives of a pattern in a reply, without the pattern itself; undefined if the reply has no such
 * list.
 */
export function readRelatives(
  body: unknown,
  patternId: string,
  direction: 'ancestry' | 'descendants',
): RepliedRelative[] | undefined {
  const data = asObject(asObject(body)?.['data']) ?? asObject(body);
  const [list, prefix] =
    direction === 'ancestry' ? ['ancestors', 'ancestor'] : ['descendants', 'descendant'];
  if (!Array.isArray(data?.[list])) return undefined;
  const rows = asArray(data[list]).filter(isJsonObject);
  const idOf = (row: JsonObject) =>
    asString(row[`${prefix}_pattern_id`]) ?? asString(row['pattern_id']) ?? '';
  const own = rows.find((row) => idOf(row) === patternId);
  const ownGeneration = asNumber(own?.['generation']);
  return rows
    .filter((row) => idOf(row) !== '' && idOf(row) !== patternId)
    .map((row) => {
      const generation = asNumber(row['generation']) ?? null;
      const told = asNumber(row['depth']);
      const isTold = ownGeneration !== undefined && generation !== null;
      const depth = told ?? (isTold ? Math.abs(ownGeneration - generation) : null);
      return { id: idOf(row), generation, edgeType: asString(row['edge_type']) ?? null, depth };
    });
}

// --- internal ---

function patternOf(id: string, row: JsonObject): RepliedPattern {
  return {
    id,
    name: asString(row['pattern_name']) ?? asString(row['name']) ?? '',
    language: asString(row['language']) ?? null,
    filePath: asString(row['file_path']) ?? null,
    lines: asNumber(row['lines']) ?? null,
    generation: asNumber(row['generation']) ?? null,
    lineageId: asString(row['lineage_id']) ?? null,
    occurrences: asNumber(row['occurrences']) ?? null,
    firstSeenAt: timeOf(row['first_seen_at']) ?? timeOf(row['created_at']),
    lastSeenAt: timeOf(row['last_seen_at']) ?? timeOf(row['updated_at']),
    isDeprecated: row['deprecated'] === true || row['is_deprecated'] === true,
  };
}

/** Servers send times as text with or without a zone (then UTC), or as milliseconds since 1970. */
function timeOf(value: Json | undefined): string | null {
  const text = asString(value);
  const isZoned = text !== undefined && /(?:z|[+-]\d\d:?\d\d)$/i.test(text);
  const date = new Date(
    text === undefined ? (asNumber(value) ?? NaN) : isZoned ? text : `${text}Z`,
  );
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
