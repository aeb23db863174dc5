import type { JsonObject } from '../../base/json.ts';
import type {
  StoredOccurrence,
  StoredPattern,
  StoredVersion,
} from '../store/rows/stored-pattern.ts';
import { lineageUuid, nodeId } from './node-id.ts';
import { isoTime } from '../../base/clock.ts';

/** A pattern as replies list it. */
export function patternReply(pattern: StoredPattern): JsonObject {
  return {
    pattern_id: pattern.id,
    pattern_node_id: nodeId({ patternId: pattern.id, version: pattern.version }),
    pattern_name: pattern.name,
    pattern_type: pattern.patternType,
    pattern_version: pattern.version,
    language: pattern.language,
    file_path: pattern.filePath,
    session_id: pattern.sessionId,
    lines: pattern.lines,
    generation: pattern.generation,
    lineage_id: lineageUuid(pattern.lineageId),
    occurrences: pattern.occurrences,
    first_seen_at: isoTime(pattern.firstSeenAt),
    last_seen_at: isoTime(pattern.lastSeenAt),
    is_deprecated: pattern.isDeprecated,
  };
}

/** A place that a pattern was written to, as replies list it. */
export function occurrenceReply(occurrence: StoredOccurrence): JsonObject {
  return {
    action: occurrence.action,
    session_id: occurrence.sessionId,
    tool_use_id: occurrence.toolUseId,
    tool_name: occurrence.toolName,
    file_path: occurrence.filePath,
    start_line: occurrence.startLine,
    end_line: occurrence.endLine,
    at: isoTime(occurrence.at),
  };
}

/** A version of a pattern beyond its first, as replies list it. */
export function versionReply(patternId: string, found: StoredVersion): JsonObject {
  return {
    pattern_node_id: nodeId({ patternId, version: found.version }),
    pattern_version: found.version,
    pattern_name: found.name,
    generation: found.generation,
    code: found.code,
    created_at: isoTime(found.createdAt),
  };
}
