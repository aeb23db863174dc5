import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../../lib/store/database/database.ts';

/** The session that wrote a twentieth of all patterns. */
export const LARGE_SESSION = 'session-large';
/** The session that was the last one, and wrote as much as most do. */
export const LAST_SESSION = 'session-last';
/** The folder of the project in which half of all patterns were written. */
export const LARGE_PROJECT = '/home/dev/project-0';

/**
 * Creates a tracker.db with this many patterns by plain SQL, as years of use leave it: code of this project, most
 * patterns written once, one in seven too small for a list, half of them in one of 40 projects, and payloads of the
 * last events only.
 *
 * @param isBusy true writes each pattern about five times, and adds what transcripts tell
 * @param until when the last was written, in milliseconds since 1970; in November 2026 if not said
 */
export function fillLists(
  path: string,
  patterns: number,
  { isBusy = false, until = 1_795_000_000_000 } = {},
): void {
  const database = openDatabase(path);
  // Nothing here needs to survive a crash.
  database.pragma('journal_mode = OFF');
  database.pragma('synchronous = OFF');
  database.pragma('cache_size = -2000000');
  const values = { patterns, until, source: source(), chars: SOURCE_CHARS, ordinals: ORDINALS };
  for (const statement of isBusy ? [...STATEMENTS, ...BUSY] : STATEMENTS) {
    database.prepare(statement).run(only(values, statement));
  }
  database.pragma('journal_mode = WAL');
  database.close();
}

// --- internal ---

const SOURCE_CHARS = 400_000;
const ORDINALS = JSON.stringify(Array.from({ length: 300 }, (_, n) => n));

/** The numbers from 0 up to `count`. */
const numbers = (count: string) =>
  `WITH RECURSIVE number (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM number WHERE n + 1 < ${count})`;

/** Multiplied with an odd number, so that neighbours do not get neighbouring ids. */
const PATTERN_ID = "printf('%08x%08x', (n * 2654435761) & 4294967295, n)";
/** One pattern a minute. */
const AT = '(@until - (@patterns - n) * 60000)';
const SESSION = `CASE WHEN n > @patterns - 100 THEN '${LAST_SESSION}'
  WHEN n % 20 = 7 THEN '${LARGE_SESSION}' ELSE 'session-' || (n / 120) END`;
const PROJECT = '(CASE WHEN n % 2 = 0 THEN 1 ELSE 1 + (n / 120) % 40 END)';
/** How often a pattern was written: once, twice, or, one in two thousand, a few hundred times. */
const USES = '(CASE WHEN n % 2000 = 3 THEN 200 + n / 2000 % 97 WHEN n % 5 = 1 THEN 2 ELSE 1 END)';

/** The file of a pattern: one of 5,000 names. */
const FILE = `'/home/dev/project-' || (${PROJECT} - 1) || '/src/module-' || (n % 5000) || '.ts'`;

/** Adds the occurrences that `chosen` gives as `n` and `use`. */
const occurrences = (numbered: string, chosen: string) =>
  `INSERT INTO occurrences (event_id, ordinal, pattern_id, action, session_id, tool_use_id, tool_name, project_id,
     file_path, language, start_line, end_line, lines_written, at)
   ${numbered}
   SELECT printf('%024x%08x', n, use), 0, ${PATTERN_ID}, iif(use = 0, 'created', 'applied'), ${SESSION},
     'toolu_' || n, 'Write', ${PROJECT}, ${FILE},
     CASE n % 9 WHEN 0 THEN 'python' WHEN 1 THEN 'go' ELSE 'typescript' END, 1, 20, 20, ${AT} - use
   FROM (${chosen})`;

const STATEMENTS = [
  `INSERT INTO projects (id, root, name) ${numbers('40')}
   SELECT n + 1, '/home/dev/project-' || n, 'project-' || n FROM number`,
  `INSERT INTO patterns (id, name, code, language, lines, origin, generation, lineage_id, occurrences,
     first_seen_at, last_seen_at)
   ${numbers('@patterns')}
   SELECT id, name, code, language, length(code) - length(replace(code, char(10), '')) + 1, 'created', 1, id, uses, at, at
   FROM (SELECT ${PATTERN_ID} AS id, 'module-' || (n % 5000) || '.ts' AS name,
     CASE WHEN n % 7 = 5 THEN 'const piece = ' || n
       ELSE 'const piece' || n || ' = ' || n || char(10)
         || CAST(substr(@source, 1 + n * 7919 % (@chars - 1500), 200 + n * 31 % 1000) AS TEXT) || char(10) END AS code,
     CASE n % 9 WHEN 0 THEN 'python' WHEN 1 THEN 'go' ELSE 'typescript' END AS language,
     ${USES} AS uses, ${AT} AS at FROM number)`,
  occurrences(numbers('@patterns'), 'SELECT n, 0 AS use FROM number'),
  occurrences(numbers('@patterns'), 'SELECT n, 1 AS use FROM number WHERE n % 5 = 1'),
  occurrences(
    numbers('@patterns / 2000'),
    `SELECT often.n * 2000 + 3 AS n, value + 1 AS use
     FROM number often JOIN json_each(@ordinals) WHERE value < 199 + often.n % 97`,
  ),
  `INSERT INTO sessions (id, started_at, last_event_at, project_id, source, cwd, prompts)
   SELECT session_id, min(at), max(at), max(project_id), 'startup', '/work', 1 FROM occurrences GROUP BY session_id`,
  `INSERT INTO tool_calls (session_id, tool_use_id, tool_name, summary, outcome, certainty, started_at, ended_at,
     duration_ms, at, lines_added, lines_removed)
   ${numbers('@patterns')}
   SELECT ${SESSION}, 'toolu_' || n, iif(n % 3 = 0, 'Edit', 'Write'), '/home/dev/project-0/src/module-' || (n % 5000) || '.ts',
     iif(n % 400 = 9, 'failed', 'ok'), 2, ${AT}, ${AT} + 20, 20, ${AT}, 10, 2 FROM number`,
  `INSERT INTO events (event_id, session_id, name, tool_use_id, received_at, size, payload)
   ${numbers('@patterns')}
   SELECT printf('%032x', n), ${SESSION}, iif(n % 20 = 0, 'UserPromptSubmit', 'PostToolUse'),
     iif(n % 20 = 0, NULL, 'toolu_' || n), ${AT}, 900,
     CASE WHEN n > @patterns * 0.9 THEN json_object('session_id', ${SESSION}, 'cwd', '/work', 'prompt', 'Do ' || n,
       'text', CAST(substr(@source, 1 + n * 7919 % (@chars - 1500), 800) AS TEXT)) END
   FROM number`,
];

/** What a busy database has beyond that: answers, parents, and further occurrences of each pattern. */
const BUSY = [
  occurrences(
    numbers('@patterns'),
    "SELECT n, 1000 + value AS use FROM number JOIN json_each('[0,1,2,3]') WHERE value < 4 - (n % 5 = 1)",
  ),
  `INSERT INTO occurrence_parents (event_id, ordinal, position, parent_event_id, parent_ordinal, share)
   ${numbers('@patterns')}
   SELECT printf('%024x%08x', n, 0), 0, 0, printf('%024x%08x', n - 1 - n % 200, 0), 0, 1
   FROM number WHERE n % 4 = 3 AND n > 200`,
  `INSERT INTO message_usage (message_id, session_id, at, model, input_tokens, cache_creation_tokens,
     cache_read_tokens, output_tokens)
   ${numbers('@patterns')}
   SELECT 'msg_' || n, ${SESSION}, ${AT}, CASE n % 3 WHEN 0 THEN 'claude-opus-4-6' ELSE 'claude-sonnet-4-5' END,
     12, 900, 40000, 250 FROM number`,
];

/** As bytes, because SQLite has to read a text from its start to find a place in it. */
function source(): Buffer {
  const text = readdirSync('lib', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .toSorted()
    .map((name) => readFileSync(join('lib', name), 'utf8'))
    .join('')
    .replaceAll(/[^\t\n -~]/g, '')
    .slice(0, SOURCE_CHARS);
  return Buffer.from(text);
}

/** The values that a statement names, because others may not be bound. */
function only(values: Readonly<Record<string, string | number | Buffer>>, statement: string) {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => statement.includes(`@${name}`)),
  );
}
