import { join } from 'node:path';
import type { TrackerPaths } from '../../../lib/base/paths.ts';
import { openDatabase } from '../../../lib/store/database/database.ts';
import { packedPayload } from '../../../lib/store/database/payload/packed-payload.ts';
import { pairedResult } from '../measure/benchmark.ts';
import type { Benchmark } from '../measure/benchmark.ts';
import { nodeCommand, timeCommands } from '../measure/command-timing.ts';

const PAIRS = 50;
const LIMIT = { kind: 'at most', value: 2.5, unit: 'x' } as const;

/** Measures the note for a new session, in a project with many sessions of a thousand calls each. */
export const context: Benchmark = {
  name: 'context',
  async *run({ throwaway, pairs = PAIRS }) {
    const paths = throwaway.home();
    fill(paths);
    const input = throwaway.file(
      'session-start.json',
      `${JSON.stringify({ session_id: 'new', cwd: ROOT, source: 'startup' })}\n`,
    );
    const bundle = nodeCommand(throwaway, [
      join(throwaway.program, 'dist', 'context.cjs'),
      '600000', // it prints nothing after its usual time, which would be less work
    ]);
    const how = { input, bySocket: true }; // as Claude Code does
    const times = timeCommands(throwaway, {
      ours: { ...bundle, ...how, env: { ...bundle.env, ...throwaway.envOf(paths) } },
      floor: { ...nodeCommand(throwaway, ['-e', '0']), ...how },
      pairs,
    });
    yield { ...pairedResult('one note, against node -e 0', times, LIMIT.value), limit: LIMIT };
  },
};

// --- internal ---

const ROOT = '/nowhere/project';

function fill(paths: TrackerPaths): void {
  const database = openDatabase(paths.database);
  database.function('prompt', (session: unknown) =>
    packedPayload(JSON.stringify({ prompt: `Do what is asked in ${String(session)}` })),
  );
  const numbers = (name: string, most: number) =>
    `${name} (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM ${name} LIMIT ${most})`;
  database.exec(
    `INSERT INTO projects VALUES (1, '${ROOT}', 'project');
     WITH RECURSIVE ${numbers('number', 200)}
     INSERT INTO sessions (id, started_at, last_event_at, project_id, prompts)
     SELECT 's' || n, n * 1000, n * 1000, 1, 1 FROM number;
     INSERT INTO events (event_id, session_id, name, received_at, size, payload)
     SELECT 'e' || id, id, 'UserPromptSubmit', started_at, 1, prompt(id) FROM sessions;
     WITH RECURSIVE ${numbers('call', 1000)}
     INSERT INTO tool_calls (session_id, tool_use_id, tool_name, summary, outcome, certainty, at)
     SELECT id, 't' || n, 'Edit', '', 'ok', 2, started_at FROM sessions, call;
     WITH RECURSIVE ${numbers('call', 500)}
     INSERT INTO occurrences (event_id, ordinal, pattern_id, action, session_id, tool_name, file_path,
       language, at, authorship, lines_written)
     SELECT id || '-' || n, 0, 'p' || n, 'created', id, 'Edit', '${ROOT}/src/f' || n % 20, 'ts', started_at,
       'authored', 5 FROM sessions, call`,
  );
  database.close();
}
