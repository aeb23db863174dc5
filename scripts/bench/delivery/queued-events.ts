import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { openDatabase } from '../../../lib/store/database/database.ts';
import { Outbox } from '../../../lib/delivery/store/outbox.ts';
import { Random } from '../measure/random.ts';
import { SourceCode } from '../measure/source-code.ts';

/** How many lineages grow in turn. */
const LINEAGES = 1_000;

/** Creates a tracker.db whose outbox holds `count` events like those that ingest adds. */
export function queueEvents(databaseFile: string, count: number): void {
  mkdirSync(dirname(databaseFile), { recursive: true });
  const database = openDatabase(databaseFile);
  const outbox = new Outbox(database, 'http');
  const code = new SourceCode(new Random(1));
  database.transaction(() => {
    for (let n = 0; n < count; n++) outbox.add(eventOf(n, code.piece(5, 30)), Date.now());
  })();
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

// --- internal ---

function eventOf(n: number, code: string) {
  const isFirst = n < LINEAGES;
  const eventType = isFirst ? 'pattern_created' : 'pattern_modified';
  const eventId = `${String(n).padStart(32, '0')}-0`;
  const patternId = String(n).padStart(16, '0');
  const body = {
    event_type: eventType,
    pattern_type: 'code',
    pattern_version: '1.0.0',
    triggered_by: 'claude-code',
    parent_pattern_ids: isFirst ? [] : [String(n - LINEAGES).padStart(16, '0')],
    event_id: eventId,
    pattern_id: patternId,
    pattern_name: 'queue.ts',
    tool_name: 'Edit',
    file_path: '/home/dev/project/lib/queue.ts',
    language: 'typescript',
    pattern_data: { event_id: eventId, code, session_id: 'session' },
  };
  const row = { eventId, eventType, sessionId: 'session', patternId };
  return { ...row, lineageId: `l${n % LINEAGES}`, body: JSON.stringify(body) };
}
