import { isoTime } from '../../base/clock.ts';
import type { AuditEntry } from '../store/audit-store.ts';
import type { StoredToken } from '../store/token-store.ts';
import type { Actor } from './audit-log.ts';

/** The audit log's entry for what `actor` did to a token; it is in the log of the token's tenant. */
export function tokenEntry(
  action: 'token_created' | 'token_revoked',
  { id, name, tenant, scopes, expiresAt }: StoredToken,
  actor: Omit<Actor, 'tenant'>,
  at: number,
): AuditEntry {
  const detail = { name, scopes: [...scopes], expires_at: isoTime(expiresAt) };
  return { ...actor, at, tenant, action, subject: id, count: 1, detail };
}
