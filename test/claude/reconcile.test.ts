import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Sqlite } from '../../lib/store/database/sqlite.ts';
import { runClaude, startClaude } from './harness/claude-run.ts';
import { play, setStage } from './harness/played.ts';
import type { Stage } from './harness/played.ts';
import { until } from '../support/until.ts';
import { isAlive } from './harness/processes.ts';
import * as scenarios from './harness/scenarios.ts';
import { endless } from './harness/scenarios.ts';
import type { ScriptedCall } from './harness/scripted-model.ts';
import { CLAUDE_CURRENT, CLAUDE_OLD } from './harness/versions.ts';

const ALL = [
  scenarios.EDITS,
  scenarios.UNREAD_EDIT,
  scenarios.COMMANDS_AND_ERRORS,
  scenarios.SUBAGENT_AND_MCP,
  scenarios.HARD_TEXTS,
  scenarios.REFUSED,
];

describe.each([CLAUDE_CURRENT, CLAUDE_OLD])('Claude Code $version', ({ version, lacks }) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage({ version, capture: 'sh' });
    await play(stage, ALL);
  });
  afterAll(() => stage.clear());

  it('has told hooks every call, by the proof, but those that its version has no event for', async () => {
    const proofs = await reconcile(stage);
    expect(proofs).toHaveLength(ALL.length);
    for (const proof of proofs) {
      expect(proof).toMatchObject({ missing: 0, extra: 0, disagreeing: 0, is_whole: true });
      expect(proof.transcript).toBeGreaterThan(0);
      const unforeseen = lacks['rejected-calls']
        ? { ...proof.reasons, no_event: 0 }
        : proof.reasons;
      expect(Object.values(unforeseen).filter(Boolean)).toEqual([]);
    }
  });

  it('gives the same rows by its transcripts alone', async () => {
    const other = join(stage.sandbox.root, 'imported');
    const imported = await tracker(stage, other, 'import', '--json');
    expect(imported).toMatchObject({ sessions: ALL.length, duplicates: 0, missing: 0 });
    const byHooks = rowsOf(stage.tracker.paths.home);
    const byImport = rowsOf(other);
    expect(byHooks.occurrences.length).toBeGreaterThan(10);
    expect(byImport.occurrences).toEqual(byHooks.occurrences);
    expect(byImport.patterns).toEqual(byHooks.patterns);
    expect(byImport.edges).toEqual(byHooks.edges);
    expect(byImport.authors).toEqual(byHooks.authors);
    expect(byImport.calls).toEqual(byHooks.calls);
    expect(byImport.sessions).toEqual(byHooks.sessions);
    expect(byImport.events).toEqual(byHooks.events);
    const again = await tracker(stage, other, 'import', '--json');
    expect(again).toMatchObject({ recorded: 0, events: imported['events'] });
  });

  it('has no missing call after a SIGKILL', async () => {
    const { claude, sandbox } = stage;
    const marker = join(sandbox.root, 'kill.pid');
    const session = await startClaude({ claude, sandbox, script: endless(marker) });
    await until(() => existsSync(marker), 'the command runs');
    process.kill(session.pid, 'SIGKILL');
    const { sessionId } = await session.ended;
    const command = Number(readFileSync(marker, 'utf8')); // it may outlive Claude
    if (isAlive(command)) process.kill(command, 'SIGKILL');
    await stage.tracker.settle();
    expect(await reconcile(stage, '--session', sessionId)).toMatchObject([
      { transcript: 1, tracked: 1, missing: 0, extra: 0, recovered: 0 },
    ]);
  });

  it('has no missing call when hooks were gone in the middle', async () => {
    const { claude, sandbox } = stage;
    const hook = join(stage.tracker.paths.home, 'hooks', 'capture.sh');
    const write = (name: string): ScriptedCall => ({
      tool: 'Write',
      input: {
        file_path: join(sandbox.project, `${name}.ts`),
        content: `export const ${name} = 1;\n`,
      },
    });
    const bash = (command: string): ScriptedCall => ({
      tool: 'Bash',
      input: { command, description: 'run it' },
    });
    const calls = [
      write('before'),
      bash(`mv '${hook}' '${hook}.gone'`),
      write('during'),
      bash(`mv '${hook}.gone' '${hook}'`),
      write('after'),
    ];
    const script = { turns: [...calls.map((call) => ({ calls: [call] })), { say: 'Done.' }] };
    const { sessionId } = await runClaude({ claude, sandbox, script });
    await stage.tracker.settle();
    expect(await reconcile(stage, '--session', sessionId)).toMatchObject([
      { transcript: 5, tracked: 5, missing: 0, extra: 0, reasons: { recording_off: 2 } },
    ]);
    const outcomes = rowsOf(stage.tracker.paths.home, sessionId).calls.map(
      ({ outcome }) => outcome,
    );
    expect(outcomes).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  });
});

// --- internal ---

interface Proof {
  readonly transcript: number;
  readonly reasons: Record<string, number>;
}

async function reconcile(stage: Stage, ...args: string[]): Promise<Proof[]> {
  const proofs = await tracker(stage, stage.tracker.paths.home, 'reconcile', '--json', ...args);
  return proofs as unknown as Proof[];
}

async function tracker(
  stage: Stage,
  home: string,
  ...args: string[]
): Promise<Record<string, unknown>> {
  const cli = join(stage.tracker.paths.home, 'dist', 'cli.mjs');
  const options = { env: stage.sandbox.env, cwd: stage.sandbox.project };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [cli, '--home', home, ...args],
    options,
  );
  return JSON.parse(stdout) as Record<string, unknown>;
}

/**
 * What both ways have to give. Only hooks tell when a session begins and ends, whom they asked for permission, the batch of
 * calls that were answered together, and in old versions of subagents that ran beside; only transcripts tell why an old version
 * refused a call, and which subagent made one. Times differ by what hooks take.
 */
function rowsOf(home: string, session = '%') {
  const database = new Sqlite(join(home, 'data', 'tracker.db'), { readonly: true });
  const rows = (sql: string) => database.prepare<[], Record<string, unknown>>(sql).all();
  const of = `session_id LIKE '${session}'`;
  try {
    return {
      calls:
        rows(`SELECT session_id, tool_use_id, replace(tool_name, 'Task', 'Agent') AS tool, summary, outcome,
        lines_added, lines_removed, asked FROM tool_calls WHERE ${of} ORDER BY 1, 2`),
      occurrences:
        rows(`SELECT event_id, tool_use_id, ordinal, pattern_id, action, replaced_id, file_path, language,
        start_line, end_line, changed_lines, authorship, authored_share FROM occurrences WHERE ${of} ORDER BY 1, 3`),
      patterns: rows(`SELECT id, name, code, language, origin, generation, lineage_id, occurrences
        FROM patterns ORDER BY 1`),
      edges: rows(
        'SELECT child_id, parent_id, edge_type, position FROM lineage_edges ORDER BY 1, 2',
      ),
      authors: rows(
        'SELECT event_id, ordinal, position, parent_event_id, share FROM occurrence_parents ORDER BY 1, 2, 3',
      ),
      sessions: rows(`SELECT id, cwd, git_branch, prompts, transcript_path FROM sessions
        WHERE id LIKE '${session}' ORDER BY 1`),
      events:
        rows(`SELECT session_id, name, tool_use_id, count(*) AS count FROM events WHERE ${of} AND name NOT IN
        ('SessionStart', 'SessionEnd', 'PermissionRequest', 'PostToolBatch', 'SubagentStop') GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`),
    };
  } finally {
    database.close();
  }
}
