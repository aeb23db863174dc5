import { join } from 'node:path';
import { openDatabase } from '../../lib/store/database/database.ts';
import { pairedResult } from './benchmark.ts';
import type { Benchmark } from './benchmark.ts';
import { nodeCommand, timeCommands } from './command-timing.ts';

const PAIRS = 50;
const LIMIT = { kind: 'at most', value: 1.3, unit: 'x' } as const;

/** Measures the status line of a session with a hundred patterns. */
export const statusline: Benchmark = {
  name: 'statusline',
  async *run({ throwaway, pairs = PAIRS }) {
    const paths = throwaway.home();
    fill(paths.database);
    const input = throwaway.file('status.json', '{"session_id":"s1","model":{"id":"m"}}\n');
    const bundle = nodeCommand(throwaway, [join(throwaway.program, 'dist', 'statusline.cjs')]);
    const times = timeCommands(throwaway, {
      ours: { ...bundle, input, env: { ...bundle.env, ...throwaway.envOf(paths) } },
      floor: nodeCommand(throwaway, ['-e', '0']),
      pairs,
    });
    yield { ...pairedResult('one line, against node -e 0', times, LIMIT.value), limit: LIMIT };
  },
};

// --- internal ---

function fill(path: string): void {
  const database = openDatabase(path);
  database.exec(
    `INSERT INTO sessions (id, started_at, last_event_at) VALUES ('s1', 1, 1);
     WITH RECURSIVE number (value) AS (VALUES (1) UNION ALL SELECT value + 1 FROM number LIMIT 100)
     INSERT INTO occurrences (event_id, ordinal, pattern_id, action, session_id, tool_name,
       file_path, language, at)
     SELECT 'e' || value, 0, 'p' || value, 'created', 's1', 'Write', '/a', 'ts', 1
     FROM number`,
  );
  database.close();
}
