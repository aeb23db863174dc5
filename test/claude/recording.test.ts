import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { expectedFragments, outcomeOf, sha16 } from './harness/expected.ts';
import { play, seedContents, setStage } from './harness/played.ts';
import type { Played, Stage, StageOptions } from './harness/played.ts';
import { readParents, readRecorded, readSessionIds } from './harness/recorded.ts';
import type { Recorded } from './harness/recorded.ts';
import { SEED_BRANCH } from './harness/sandbox.ts';
import * as scenarios from './harness/scenarios.ts';
import type { Scenario } from './harness/scenarios.ts';
import { CLAUDE_CURRENT, CLAUDE_OLD } from './harness/versions.ts';
import type { ClaudeVersion } from './harness/versions.ts';

const ALL: readonly Scenario[] = [
  scenarios.EDITS,
  scenarios.UNREAD_EDIT,
  scenarios.COMMANDS_AND_ERRORS,
  scenarios.SUBAGENT_AND_MCP,
  scenarios.HARD_TEXTS,
  scenarios.REFUSED,
];

interface Setup extends Omit<StageOptions, 'version'> {
  readonly title: string;
  readonly claude: ClaudeVersion;
  readonly played: readonly Scenario[];
}

const SETUPS: readonly Setup[] = [
  { title: 'the sh front', claude: CLAUDE_CURRENT, capture: 'sh', played: ALL },
  { title: 'the sh front', claude: CLAUDE_OLD, capture: 'sh', played: ALL },
  {
    title: "the Node front, in a folder with a space and a ' in its name",
    claude: CLAUDE_CURRENT,
    capture: 'node',
    claudeFolder: "Claude's own folder",
    played: [scenarios.EDITS, scenarios.HARD_TEXTS],
  },
];

describe.each(SETUPS)(
  'Claude Code $claude.version with $title',
  ({ claude, played, capture, claudeFolder }) => {
    let stage: Stage;
    let result: Played;
    beforeAll(async () => {
      stage = await setStage({
        version: claude.version,
        capture,
        ...(claudeFolder && { claudeFolder }),
      });
      // What hooks alone bring: from a transcript, the courier would add the calls that 2.0.76 has no event for.
      await writeFile(stage.tracker.paths.configFile, 'transcripts: off\n');
      result = await play(stage, played);
    });
    afterAll(() => stage.clear());

    const runOf = (scenario: Scenario) => {
      const run = result.runs[played.indexOf(scenario)];
      if (!run) throw new Error(`${scenario.name} was not run`);
      return run;
    };
    const recordedOf = (scenario: Scenario): Recorded =>
      readRecorded(stage.tracker.paths.database, runOf(scenario).sessionId);

    describe.each(played)('$name', (scenario) => {
      it('is run by Claude to its end', () => {
        const run = runOf(scenario);
        expect({ exitCode: run.exitCode, stderr: run.stderr }).toEqual({ exitCode: 0, stderr: '' });
        expect(run.calls.length).toBeGreaterThan(0);
      });

      it('has every tool call of the transcript once, with its outcome, and none besides', () => {
        const expected = runOf(scenario)
          .calls.map((call) => ({
            id: call.id,
            tool: presentName(call.tool),
            agentId: claude.lacks['agent-ids'] ? undefined : call.agentId,
            outcome: outcomeOf(call, false),
          }))
          .filter(({ outcome }) => !(claude.lacks['rejected-calls'] && outcome === 'rejected'));
        const recorded = recordedOf(scenario).calls.map((call) => ({
          id: call.tool_use_id,
          tool: presentName(call.tool_name),
          agentId: call.agent_id ?? undefined,
          outcome: call.outcome,
        }));
        expect(byId(recorded)).toEqual(byId(expected));
      });

      it('has a duration for every call that ran', () => {
        const ran = recordedOf(scenario).calls.filter(
          ({ outcome }) => outcome === 'ok' || outcome === 'failed',
        );
        expect(ran.filter(({ duration_ms }) => duration_ms === null || duration_ms < 0)).toEqual(
          [],
        );
      });

      it('has the pattern of every fragment written, and none besides', () => {
        const key = (id: string | null, pattern: string, file: string) =>
          `${id} ${pattern} ${file}`;
        const fragments = expectedFragments(runOf(scenario).calls, seedContents(stage.sandbox));
        const { occurrences } = recordedOf(scenario);
        expect(
          distinct(occurrences.map((o) => key(o.tool_use_id, o.pattern_id, o.file_path))),
        ).toEqual(distinct(fragments.map((f) => key(f.toolUseId, f.patternId, f.filePath))));
        for (const fragment of fragments) {
          const own = occurrences.filter(
            (o) => o.tool_use_id === fragment.toolUseId && o.pattern_id === fragment.patternId,
          );
          for (const occurrence of own) {
            // Compared apart: a difference in 2 MiB is no message for a person.
            expect(occurrence.code.length).toBe(fragment.code.length);
            expect(utf8(occurrence.code).equals(utf8(fragment.code))).toBe(true);
            if (fragment.language) expect(occurrence.language).toBe(fragment.language);
            const { start_line: start, end_line: end } = occurrence;
            if (fragment.places.length > 0) expect(fragment.places).toContainEqual({ start, end });
          }
        }
      });

      it('has the session, from its start to its end', () => {
        const { session, events } = recordedOf(scenario);
        expect(session).toMatchObject({
          source: 'startup',
          end_reason: 'other',
          cwd: stage.sandbox.project,
          root: stage.sandbox.project,
          git_branch: SEED_BRANCH,
        });
        expect(session?.ended_at ?? 0).toBeGreaterThan(session?.started_at ?? Infinity);
        expect(session?.prompts).toBe(1);
        expect(events).toMatchObject({ SessionStart: 1, SessionEnd: 1 });
      });
    });

    it('has no other session', () => {
      expect(readSessionIds(stage.tracker.paths.database)).toEqual(
        result.runs.map(({ sessionId }) => sessionId).toSorted(),
      );
    });

    it('leaves nothing in the spool, and dropped nothing', () => {
      expect(result.settled).toEqual({ waiting: 0, bad: 0, drops: '' });
    });

    it('makes a generation of each edit', () => {
      const { database } = stage.tracker.paths;
      const { occurrences } = recordedOf(scenarios.EDITS);
      const chain = scenarios.LINEAGE.map((code) =>
        occurrences.find((o) => o.pattern_id === sha16(code)),
      );
      expect(chain.slice(0, 3).map((o) => [o?.action, o?.generation])).toEqual([
        ['created', 1],
        ['modified', 2],
        ['modified', 3],
      ]);
      expect(new Set(chain.map((o) => o?.lineage_id))).toEqual(
        new Set([sha16(scenarios.LINEAGE[0])]),
      );
      const parents = scenarios.LINEAGE.slice(0, 3).map((code) =>
        readParents(database, sha16(code)).map(({ parent_id, edge_type }) => [
          parent_id,
          edge_type,
        ]),
      );
      expect(parents).toEqual([
        [],
        [[sha16(scenarios.LINEAGE[0]), 'modified_from']],
        [[sha16(scenarios.LINEAGE[1]), 'modified_from']],
      ]);
    });

    it('sees a file written over as a change of what it held', () => {
      const [first, second, third, last] = scenarios.LINEAGE.map(sha16);
      const parents = readParents(stage.tracker.paths.database, last ?? '');
      expect(parents.map(({ edge_type }) => edge_type)).toContain('modified_from');
      for (const { parent_id } of parents) expect([first, second, third]).toContain(parent_id);
    });

    it('sees the same code in another file as reuse', () => {
      const again = recordedOf(scenarios.EDITS).occurrences.filter(
        (o) => o.pattern_id === sha16(scenarios.REUSED),
      );
      expect(again.map(({ action }) => action)).toEqual(['created', 'applied']);
    });

    it.runIf(played.includes(scenarios.SUBAGENT_AND_MCP))('has the subagent', () => {
      const agent = runOf(scenarios.SUBAGENT_AND_MCP).calls.find(({ agentId }) => agentId)?.agentId;
      expect(agent).toBeTypeOf('string');
      expect(recordedOf(scenarios.SUBAGENT_AND_MCP).subagents).toContainEqual(
        expect.objectContaining({
          agent_id: agent,
          agent_type: 'general-purpose',
          started_at: expect.any(Number),
          ended_at: expect.any(Number),
        }),
      );
    });

    it.runIf(played.includes(scenarios.COMMANDS_AND_ERRORS) && !claude.lacks['bash-diffs'])(
      'has the file that a command wrote',
      () => {
        const written = recordedOf(scenarios.COMMANDS_AND_ERRORS).occurrences.filter(
          ({ tool_name }) => tool_name === 'Bash',
        );
        expect(written.map(({ language }) => language)).toEqual(['typescript']);
      },
    );
  },
);

// --- internal ---

/** A lone surrogate becomes U+FFFD. */
function utf8(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}

/** The tool of subagents was renamed, and newer versions use both names. */
function presentName(tool: string): string {
  return tool === 'Task' ? 'Agent' : tool;
}

function byId<Call extends { readonly id: string }>(calls: readonly Call[]): Call[] {
  return calls.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function distinct(keys: readonly string[]): string[] {
  return [...new Set(keys)].toSorted();
}
