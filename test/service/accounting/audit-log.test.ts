import { describe, expect, it } from 'vitest';
import { AuditLog } from '../../../lib/service/accounting/audit-log.ts';
import type { Actor } from '../../../lib/service/accounting/audit-log.ts';
import type { AuditEntry } from '../../../lib/service/store/audit-store.ts';
import { NOTHING_REMOVED } from '../../../lib/service/store/rows/forgetting.ts';

const ACTOR: Actor = {
  tenant: 'default',
  tokenId: null,
  tokenName: null,
  address: '127.0.0.1',
  route: 'GET /patterns/{pattern_id}',
};

function auditLog() {
  const stored: AuditEntry[] = [];
  const state = { lost: 0, isDown: false, failures: 0 };
  const log = new AuditLog({
    store: {
      add: async (entries) => {
        if (state.isDown) throw new Error('down');
        stored.push(...entries);
      },
      list: async () => [],
      trim: async () => {},
    },
    clock: () => 1_000,
    onLost: (entries) => (state.lost += entries),
    onFailed: () => (state.failures += 1),
  });
  return { log, stored, state };
}

describe('AuditLog', () => {
  it('sums up what is the same', async () => {
    const { log, stored } = auditLog();
    log.read(ACTOR, 'a', 1);
    log.read(ACTOR, 'a', 1);
    log.read(ACTOR, null, 7);
    await log.flush();
    expect(stored).toMatchObject([
      { subject: 'a', count: 2, detail: { requests: 2 } },
      { subject: null, count: 7, detail: { requests: 1 } },
    ]);
    await log.flush();
    expect(stored).toHaveLength(2);
  });

  it('holds no more than 1,000 entries, and says how many it has lost', async () => {
    const { log, stored, state } = auditLog();
    for (let n = 0; n < 1_200; n++) log.read(ACTOR, `p${n}`, 1);
    await log.flush();
    expect(state.lost).toBe(200);
    expect(stored).toHaveLength(1_001);
    expect(stored.at(-1)).toMatchObject({ action: 'lost', count: 200, tenant: 'default' });
  });

  it('keeps what could not be stored, deletions above all', async () => {
    const { log, stored, state } = auditLog();
    state.isDown = true;
    for (let n = 0; n < 1_000; n++) log.read(ACTOR, `p${n}`, 1);
    await log.deleted(ACTOR, { patternId: 'x' }, { removed: NOTHING_REMOVED, isComplete: true });
    await log.deleted(ACTOR, { patternId: 'y' }, { removed: NOTHING_REMOVED, isComplete: true });
    log.read(ACTOR, 'p1', 1);
    log.read(ACTOR, 'too many', 1);
    expect({ failures: state.failures, stored, lost: state.lost }).toEqual({
      failures: 2,
      stored: [],
      lost: 1,
    });
    state.isDown = false;
    await log.flush();
    const subjects = stored.flatMap(({ action, subject }) => (action === 'deleted' ? subject : []));
    expect(subjects).toEqual(['x', 'y']);
    expect(stored.find(({ subject }) => subject === 'p1')).toMatchObject({ count: 2 });
  });
});
