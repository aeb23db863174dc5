import { isoTime } from '../../base/clock.ts';
import { auditReplySchema } from '../../lineage-api/service-reply.ts';
import { auditQuerySchema } from '../../lineage-api/service-request.ts';
import { okReply, route } from '../http/route.ts';
import type { Route } from '../http/route.ts';
import type { StoredAuditEntry } from '../store/audit-store.ts';

/** Lists who did what in the caller's tenant. */
export const auditRoute: Route = route({
  method: 'GET',
  path: '/audit',
  tag: 'Service',
  summary: 'List what the audit log has of tokens, deletions and reads of code, newest first',
  description: 'For the next page, send the `next_cursor` of this one as `cursor`.',
  scope: 'admin',
  query: auditQuerySchema,
  replies: { 200: auditReplySchema },
  async handle({ service, tenant, query, elapsedMs }) {
    const { limit, cursor, action, since } = query;
    const found = await service.store.audit.list({
      limit: limit + 1, // one more than wanted tells whether another page follows
      tenant,
      action,
      since: since === undefined ? undefined : Date.parse(since),
      before: cursor,
    });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    return okReply({
      success: true,
      data: {
        entries: page.map(entryReply),
        count: page.length,
        next_cursor: last ? String(last.id) : null,
      },
      metadata: { processing_time_ms: elapsedMs() },
    });
  },
});

// --- internal ---

function entryReply(entry: StoredAuditEntry) {
  const {
    id,
    at,
    action,
    tokenId,
    tokenName,
    address,
    route: path,
    subject,
    count,
    detail,
  } = entry;
  return {
    id,
    at: isoTime(at),
    action,
    token_id: tokenId,
    token_name: tokenName,
    address,
    route: path,
    subject,
    count,
    detail,
  };
}
