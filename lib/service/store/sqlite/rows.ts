import { isJsonObject } from '../../../base/json.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { Feedback } from '../rows/pattern-activity.ts';
import type { StoredToken, TokenScope } from '../token-store.ts';

export interface FeedbackRow {
  readonly id: string;
  readonly pattern_id: string;
  readonly feedback_type: string;
  readonly is_success: number | null;
  readonly rating: number | null;
  readonly execution_time_ms: number | null;
  readonly session_id: string | null;
  readonly comment: string | null;
  readonly at: number;
  readonly extra: string;
}

export function readFeedback(row: FeedbackRow): Feedback {
  return {
    id: row.id,
    patternId: row.pattern_id,
    feedbackType: row.feedback_type,
    isSuccess: row.is_success === null ? null : row.is_success === 1,
    rating: row.rating,
    executionTimeMs: row.execution_time_ms,
    sessionId: row.session_id,
    comment: row.comment,
    at: row.at,
    extra: readObject(row.extra),
  };
}

export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly scopes: string;
  readonly digest: string;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
  readonly last_used_at: number | null;
}

export function readToken(row: TokenRow): StoredToken {
  return {
    id: row.id,
    name: row.name,
    tenant: row.tenant,
    scopes: row.scopes.split(',') as TokenScope[],
    digest: row.digest,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
  };
}

// --- internal ---

function readObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  return isJsonObject(value) ? value : {};
}
