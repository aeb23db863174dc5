// Stories through the real Claude Code, at the end of which it is known who wrote each line.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { AUTHORSHIP_STORIES, STORY_START } from './harness/authorship-stories.ts';
import type { AuthorshipStory } from './harness/authorship-stories.ts';
import { runClaude } from './harness/claude-run.ts';
import type { ClaudeRun } from './harness/claude-run.ts';
import { SHELL_FUNCTIONS } from './harness/command-cases.ts';
import { judgeFiles } from './harness/known-truth.ts';
import type { JudgedFiles } from './harness/known-truth.ts';
import { setStage } from './harness/played.ts';
import type { Stage } from './harness/played.ts';
import type { SettingsHooks } from './harness/settings-hooks.ts';
import type { TranscriptCall } from './harness/transcript.ts';
import { CLAUDE_CURRENT, CLAUDE_OLD } from './harness/versions.ts';
import type { ClaudeVersion } from './harness/versions.ts';

/** A hook of somebody else, which writes another text than Claude asked for. */
const REWRITES = `#!/bin/sh
exec node -e '
  const { tool_input: input } = JSON.parse(require("fs").readFileSync(0, "utf8"));
  if (!input.content?.includes("REWRITE_ME")) process.exit(0);
  const updatedInput = { ...input, content: "export const claude_rewritten = 1;\\n" };
  const hookSpecificOutput = { hookEventName: "PreToolUse", permissionDecision: "allow", updatedInput };
  console.log(JSON.stringify({ hookSpecificOutput }));
'
`;

interface Ended {
  readonly project: string;
  readonly runs: readonly ClaudeRun[];
}

describe.each([CLAUDE_CURRENT, CLAUDE_OLD])('Claude Code $version', ({ version, lacks }) => {
  let stage: Stage;
  const ended = new Map<AuthorshipStory, Ended>();

  beforeAll(async () => {
    stage = await setStage({ version, capture: 'sh' });
    addRewritingHook(stage);
    for (const [index, story] of AUTHORSHIP_STORIES.entries()) {
      if (isLacking(story, lacks)) continue;
      ended.set(story, await tell(stage, story, join(stage.sandbox.root, 'stories', `${index}`)));
    }
    await stage.tracker.settle();
  });
  afterAll(() => stage.clear());

  describe.each(AUTHORSHIP_STORIES.filter((story) => !isLacking(story, lacks)))(
    '$name',
    (story) => {
      const endOf = (): Ended => {
        const end = ended.get(story);
        if (end === undefined) throw new Error(`${story.name} was not told`);
        return end;
      };
      const judged = (): JudgedFiles => {
        const files = story.files.map((name) => join(endOf().project, name));
        return judgeFiles(stage.tracker.paths.database, files);
      };

      it('is told to its end', () => {
        for (const { exitCode, calls } of endOf().runs) {
          expect(exitCode).toBe(0);
          expect(calls.filter(({ result }) => result?.isError !== false)).toEqual([]);
        }
      });

      it('gives no line of people to Claude', () => {
        expect(judged().wrong).toEqual([]);
      });

      it('gives each line of Claude’s to the call that wrote it', () => {
        const { missed, right } = judged();
        expect(missed).toEqual([]);
        const calls = endOf().runs.flatMap((run) => run.calls);
        for (const { text, toolUseId } of right) {
          expect([text, toolUseId]).toEqual([text, writerOf(text, calls)]);
        }
        expect(right.length).toBeGreaterThan(0);
      });
    },
  );
});

// --- internal ---

function isLacking({ needs }: AuthorshipStory, lacks: ClaudeVersion['lacks']): boolean {
  return needs !== undefined && lacks[needs] !== undefined;
}

function addRewritingHook({ sandbox }: Stage): void {
  const hook = join(sandbox.root, 'rewrites.sh');
  writeFileSync(hook, REWRITES, { mode: 0o755 });
  const file = join(sandbox.claudeFolder, 'settings.json');
  const settings = JSON.parse(readFileSync(file, 'utf8')) as { hooks: SettingsHooks };
  const PreToolUse = [
    ...(settings.hooks['PreToolUse'] ?? []),
    { matcher: 'Write', hooks: [{ type: 'command', command: hook }] },
  ];
  writeFileSync(file, JSON.stringify({ ...settings, hooks: { ...settings.hooks, PreToolUse } }));
}

async function tell(stage: Stage, story: AuthorshipStory, room: string): Promise<Ended> {
  const { claude, sandbox, tracker } = stage;
  const project = join(room, 'project');
  mkdirSync(project, { recursive: true });
  const shell = (script: string): void => {
    const options = { cwd: project, env: sandbox.env };
    execFileSync('sh', ['-ec', script], { ...options, stdio: 'ignore' });
  };
  shell(STORY_START);
  const runs: ClaudeRun[] = [];
  for (const step of story.steps) {
    if ('people' in step) {
      await tracker.settle(); // what a command left is read from the disk
      shell(`${SHELL_FUNCTIONS}\n${step.people}`);
      continue;
    }
    const calls = step.claude(project);
    const subagents = step.subagents?.(project);
    const turns = [...calls.map((call) => ({ calls: [call] })), { say: 'Done.' }];
    const folder = join(project, step.in ?? '.');
    const script = { turns, ...(subagents && { subagents }) };
    runs.push(
      await runClaude({
        claude,
        sandbox: { ...sandbox, project: folder },
        script,
      }),
    );
  }
  return { project, runs };
}

/** The first call that was given the line's own word, or wrote it unasked. */
function writerOf(text: string, calls: readonly TranscriptCall[]): string | undefined {
  const word = /claude_\w+/.exec(text)?.[0] ?? '';
  const own = new RegExp(`${word}(?!\\w)`);
  return calls.find(({ input, result }) =>
    own.test(JSON.stringify(word === 'claude_rewritten' ? (result?.detail ?? null) : input)),
  )?.id;
}
