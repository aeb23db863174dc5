import { describe, expect, test } from 'vitest';
import { RetentionLoop } from '../../lib/service/accounting/retention-loop.ts';
import { AUDIT_KEPT_MS } from '../../lib/service/store/audit-store.ts';
import type { AuditEntry } from '../../lib/service/store/audit-store.ts';
import { CLAIM_MS, RETENTION_EVERY_MS } from '../../lib/service/store/retention-store.ts';
import type { ServiceStore } from '../../lib/service/store/service-store.ts';
import { trackedEvent } from './tracked-event.ts';

const NOW = Date.parse('2026-03-04T05:06:07.890Z');
const DAY_MS = 86_400_000;

/** Tests how a store accounts for what was done; part of the contract of `ServiceStore`. */
export function accountingContract(
  current: () => ServiceStore,
  openAgain: (store: ServiceStore) => Promise<ServiceStore>,
): void {
  const entry = (change: Partial<AuditEntry> = {}): AuditEntry => ({
    at: NOW,
    tenant: 'default',
    action: 'read',
    tokenId: '3f9a1c07b2de',
    tokenName: 'laptop',
    address: '127.0.0.1',
    route: 'GET /patterns/{pattern_id}',
    subject: 'a',
    count: 1,
    detail: { requests: 1 },
    ...change,
  });

  describe('the audit log', () => {
    test('lists newest first, by tenant, action, time and page', async () => {
      const { audit } = current();
      await audit.add([entry(), entry({ tenant: 'other', subject: 'it’s 😀', detail: null })]);
      await audit.add([entry({ action: 'deleted', at: NOW + 5, address: null, tokenName: null })]);
      const all = await audit.list({ limit: 9 });
      expect(all).toMatchObject([
        entry({ action: 'deleted', at: NOW + 5, address: null, tokenName: null }),
        entry({ tenant: 'other', subject: 'it’s 😀', detail: null }),
        entry(),
      ]);
      const actions = async (filter: object) =>
        (await audit.list({ limit: 9, ...filter })).map(({ action }) => action);
      expect(await actions({ tenant: 'default' })).toEqual(['deleted', 'read']);
      expect(await actions({ tenant: 'default', action: 'read' })).toEqual(['read']);
      expect(await actions({ since: NOW + 1 })).toEqual(['deleted']);
      expect(await actions({ before: all[1]?.id })).toEqual(['read']);
      expect(await audit.list({ limit: 1 })).toEqual([all[0]]);
    });

    test('drops what is too old', async () => {
      const { audit } = current();
      await audit.add([entry(), entry({ at: NOW + 1, subject: 'b' })]);
      await audit.trim(NOW + 1 + AUDIT_KEPT_MS);
      expect(await audit.list({ limit: 9 })).toMatchObject([{ subject: 'b' }]);
    });
  });

  describe('retention', () => {
    test('is set, changed and taken back', async () => {
      const { retention } = current();
      await retention.set('b', 30);
      await retention.set('a', 7);
      await retention.set('b', 31);
      expect(await retention.list()).toEqual([
        { tenant: 'a', days: 7, ranAt: null },
        { tenant: 'b', days: 31, ranAt: null },
      ]);
      await retention.set('a', undefined);
      await retention.set('a', undefined);
      expect(await retention.list()).toMatchObject([{ tenant: 'b' }]);
    });

    test('is claimed by one at a time, until the claim is over', async () => {
      const [{ retention }, other] = [current(), await openAgain(current())];
      try {
        expect(await retention.claim(NOW)).toBeUndefined();
        await retention.set('a', 7);
        const claims = await Promise.all([retention.claim(NOW), other.retention.claim(NOW)]);
        expect(claims.filter(Boolean)).toEqual([{ tenant: 'a', days: 7, ranAt: null }]);
        const claimed = claims.find(Boolean) ?? { tenant: 'a', days: 7, ranAt: null };
        expect(await retention.renew(claimed, NOW + CLAIM_MS / 2)).toBe(true);
        expect(await other.retention.claim(NOW + CLAIM_MS)).toBeUndefined();
        expect(await other.retention.claim(NOW + 2 * CLAIM_MS)).toBeDefined();
        await retention.release(claimed, true, NOW + 2 * CLAIM_MS);
        expect(await retention.claim(NOW + RETENTION_EVERY_MS)).toBeUndefined();
        expect(await retention.claim(NOW + 3 * CLAIM_MS + RETENTION_EVERY_MS)).toBeDefined();
        await retention.set('a', undefined);
        expect(await retention.renew(claimed, NOW)).toBe(false);
      } finally {
        await other.close();
      }
    });

    test('deletes what is older, of its tenant only, and says so', async () => {
      const store = current();
      const [own, other] = [store.tenant('team'), store.tenant('other')];
      for (const tenant of [own, other]) {
        await tenant.track([
          trackedEvent({ patternId: 'old', at: NOW - 8 * DAY_MS }),
          trackedEvent({ patternId: 'new', at: NOW - 6 * DAY_MS }),
        ]);
      }
      await store.retention.set('team', 7);
      let patterns = 0;
      const runs: string[] = [];
      const loop = new RetentionLoop({
        store,
        clock: () => NOW,
        onRemoved: (removed) => (patterns += removed.patterns),
        onRun: (result) => runs.push(result),
      });
      await loop.runDue();
      await loop.runDue();
      expect({ patterns, runs }).toEqual({ patterns: 1, runs: ['done'] });
      expect(await own.pattern('old')).toBeUndefined();
      expect(await own.pattern('new')).toBeDefined();
      expect(await other.pattern('old')).toBeDefined();
      expect(await store.retention.list()).toMatchObject([{ ranAt: NOW }]);
      expect(await store.audit.list({ limit: 9 })).toMatchObject([
        {
          tenant: 'team',
          action: 'deleted',
          route: 'retention',
          count: 1,
          detail: { selection: { before: '2026-02-25T05:06:07.890Z' }, is_complete: true },
        },
      ]);
      await loop.stop();
    });
  });
}
