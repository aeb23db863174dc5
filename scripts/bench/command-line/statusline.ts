import { join } from 'node:path';
import { systemClock } from '../../../lib/base/clock.ts';
import type { TrackerPaths } from '../../../lib/base/paths.ts';
import { CourierGlance } from '../../../lib/ingest/courier/courier-glance.ts';
import { openDatabase } from '../../../lib/store/database/database.ts';
import { pairedResult } from '../measure/benchmark.ts';
import type { Benchmark } from '../measure/benchmark.ts';
import { nodeCommand, timeCommands } from '../measure/command-timing.ts';

const PAIRS = 50;
const LIMIT = { kind: 'at most', value: 1.3, unit: 'x' } as const;

/** Measures the status line of a session with a hundred patterns. */
export const statusline: Benchmark = {
  name: 'statusline',
  async *run({ throwaway, pairs = PAIRS }) {
    const paths = throwaway.home();
    await fill(paths);
    const input = throwaway.file('status.json', '{"session_id":"s1","model":{"id":"m"}}\n');
    const bundle = nodeCommand(throwaway, [join(throwaway.program, 'dist', 'statusline.cjs')]);
    const how = { input, bySocket: true }; // as Claude Code does
    const times = timeCommands(throwaway, {
      ours: { ...bundle, ...how, env: { ...bundle.env, ...throwaway.envOf(paths) } },
      floor: { ...nodeCommand(throwaway, ['-e', '0']), ...how },
      pairs,
    });
    yield { ...pairedResult('one line, against node -e 0', times, LIMIT.value), limit: LIMIT };
  },
};

// --- internal ---

/** As a courier leaves it. */
async function fill(paths: TrackerPaths): Promise<void> {
  const database = openDatabase(paths.database);
  database.exec(
    `INSERT INTO sessions (id, started_at, last_event_at) VALUES ('s1', 1, 1);
     WITH RECURSIVE number (value) AS (VALUES (1) UNION ALL SELECT value + 1 FROM number LIMIT 100)
     INSERT INTO occurrences (event_id, ordinal, pattern_id, action, session_id, tool_name,
       file_path, language, at)
     SELECT 'e' || value, 0, 'p' || value, 'created', 's1', 'Write', '/a', 'ts', 1
     FROM number`,
  );
  await new CourierGlance(paths, systemClock, () => database).end();
  database.close();
}
