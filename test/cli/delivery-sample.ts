// The delivery side of a sample: rows of the outbox, and the store that commands use.
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CONFIG_DEFAULTS } from '../../lib/config/config.ts';
import { COLLECTOR } from '../../lib/delivery/collector/collector-sink.ts';
import { LINEAGE } from '../../lib/delivery/lineage/lineage-sink.ts';
import { ToolCallOutbox } from '../../lib/delivery/store/tool-call-outbox.ts';
import { breakerPolicy } from '../../lib/delivery/delivery-policy.ts';
import { deliveryStore } from '../../lib/delivery/store/delivery-store.ts';
import type { DeliveryStore } from '../../lib/delivery/store/delivery-store.ts';
import { HOUR, MINUTE, NOW } from './sample-database.ts';
import type { Sample } from './sample-database.ts';

/** Words that no command may ever print. */
export const TOKEN = 'tok-8f14e45fceea167a';

export function deliveryOf(sample: Sample, name: string = LINEAGE.name): DeliveryStore {
  return deliveryStore(
    sample.database,
    { name },
    {
      policy: breakerPolicy(CONFIG_DEFAULTS),
      clock: () => NOW,
      newId: randomUUID,
    },
  );
}

/** A configuration that names a server, which nothing is sent to. */
export const SERVER = 'api:\n  base_url: http://127.0.0.1:9\n';

/** Writes config.yaml. */
export function configure(sample: Sample, yaml: string): void {
  mkdirSync(dirname(sample.paths.configFile), { recursive: true });
  writeFileSync(sample.paths.configFile, yaml);
}

/** Puts event `event-N` there; `p1` in the lineage `p1`, an hour ago and so on. */
export function queue(sample: Sample, count: number, session = 'session-1'): void {
  const { outbox } = deliveryOf(sample);
  for (let n = 1; n <= count; n++) {
    const body = { event_id: `event-${n}`, metadata: { filePath: '/p/a.ts', isNew: true } };
    outbox.add(
      {
        eventId: `event-${n}`,
        eventType: 'pattern_created',
        sessionId: session,
        patternId: `p${n}`,
        lineageId: `p${n}`,
        body: JSON.stringify(body),
      },
      NOW - HOUR + n * MINUTE,
    );
  }
}

/** Three rows: one that is due, one that waits for another attempt, one dead letter. */
export function fillOutbox(sample: Sample): void {
  queue(sample, 3);
  const { outbox } = deliveryOf(sample);
  const at = NOW - MINUTE;
  outbox.fail(2, { error: 'it answered 503', at, notBefore: NOW + 2 * MINUTE, isFault: false });
  outbox.fail(3, { error: 'Validation error: no', at, notBefore: undefined, isFault: true });
}

/** Puts `count` ended tool calls into the outbox of the collector: `toolu_N`, half an hour ago and so on. */
export function queueCalls(sample: Sample, count: number, session = 'session-1'): void {
  sample.session(session);
  const outbox = new ToolCallOutbox(sample.database, COLLECTOR.name);
  for (let n = 1; n <= count; n++) {
    const call = { tool_name: 'Bash', summary: `make ${n}`, ended_at: NOW - HOUR };
    sample.toolCall(session, `toolu_${n}`, call);
    const at = NOW - HOUR / 2 + n * MINUTE;
    outbox.put({ sessionId: session, toolUseId: `toolu_${n}`, at, isUpdate: false });
  }
}
