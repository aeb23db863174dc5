// Commands through the real Claude Code, of which it is known who wrote what.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { asObject } from '../../lib/base/json.ts';
import { runClaude } from './harness/claude-run.ts';
import type { ClaudeRun } from './harness/claude-run.ts';
import { COMMAND_CASES, PREPARED, PROGRAMS, SHELL_FUNCTIONS } from './harness/command-cases.ts';
import type { CommandCase } from './harness/command-cases.ts';
import { judgeFiles, readKinds } from './harness/known-truth.ts';
import type { JudgedFiles } from './harness/known-truth.ts';
import { setStage } from './harness/played.ts';
import type { Stage } from './harness/played.ts';
import type { ScriptedCall } from './harness/scripted-model.ts';
import { CLAUDE_CURRENT } from './harness/versions.ts';

/** How often a command is run again because Claude Code did not compare the files: it does not on a busy machine. */
const MAX_RUNS = 4;

interface Outcome {
  readonly project: string;
  readonly run: ClaudeRun;
  /** True if Claude Code did not say what the command changed. */
  readonly isSkipped: boolean;
  judged: JudgedFiles;
  /** The kinds of what the command put into each file. */
  kinds: Readonly<Record<string, string>>;
}

let stage: Stage;
const outcomes = new Map<CommandCase, Outcome>();

beforeAll(async () => {
  stage = await setStage({ version: CLAUDE_CURRENT.version, capture: 'sh' });
  for (const [name, body] of Object.entries(PROGRAMS)) {
    writeFileSync(join(stage.sandbox.root, 'bin', name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }
  for (const [index, given] of COMMAND_CASES.entries()) {
    for (let round = 0; round < MAX_RUNS; round += 1) {
      const outcome = await play(given, join(stage.sandbox.root, 'cases', `${index}-${round}`));
      outcomes.set(given, outcome);
      if (!outcome.isSkipped) break;
    }
  }
  await stage.tracker.settle();
  for (const outcome of outcomes.values()) judge(outcome);
});

afterAll(async () => {
  console.log(table());
  await stage.clear();
});

async function play(given: CommandCase, room: string): Promise<Outcome> {
  const { claude, sandbox, tracker } = stage;
  const project = join(room, 'project');
  mkdirSync(project, { recursive: true });
  const shell = (script: string): void => {
    const options = { cwd: project, env: sandbox.env };
    execFileSync('sh', ['-ec', `${SHELL_FUNCTIONS}\n${script}`], { ...options, stdio: 'ignore' });
  };
  const session = (calls: readonly ScriptedCall[]): Promise<ClaudeRun> => {
    const turns = [...calls.map((call) => ({ calls: [call] })), { say: 'Done.' }];
    return runClaude({ claude, sandbox: { ...sandbox, project }, script: { turns } });
  };
  shell(`${PREPARED}\n${given.before ?? ''}`);
  const writes = Object.entries(given.written ?? {}).map(([name, content]): ScriptedCall => ({
    tool: 'Write',
    input: { file_path: join(project, name), content },
  }));
  const command = { tool: 'Bash', input: { command: given.command, description: 'run it' } };
  if (given.between !== undefined) {
    await session(writes);
    await tracker.settle();
    shell(given.between);
  }
  const run = await session(given.between === undefined ? [...writes, command] : [command]);
  const detail = asObject(run.calls.find(({ tool }) => tool === 'Bash')?.result?.detail);
  const isSkipped = asObject(detail?.['bashEditDiff'])?.['skipped'] === true;
  return { project, run, isSkipped, judged: { wrong: [], missed: [], right: [] }, kinds: {} };
}

function judge(outcome: Outcome): void {
  const { database } = stage.tracker.paths;
  const { project, run } = outcome;
  const listed = execFileSync('git', ['ls-files', '-co', '-z'], {
    cwd: project,
    env: stage.sandbox.env,
    encoding: 'utf8',
  });
  const deleted = execFileSync('git', ['ls-files', '-dz'], { cwd: project, encoding: 'utf8' });
  const gone = new Set(deleted.split('\0'));
  const files = [...new Set(listed.split('\0'))].filter((name) => name !== '' && !gone.has(name));
  outcome.judged = judgeFiles(
    database,
    files.map((name) => join(project, name)),
  );
  outcome.kinds = Object.fromEntries(
    [...readKinds(database, run.sessionId)].map(([path, kinds]) => [
      relative(project, path),
      [...kinds].toSorted().join('+'),
    ]),
  );
}

function outcomeOf(given: CommandCase): Outcome {
  const outcome = outcomes.get(given);
  if (outcome === undefined) throw new Error(`${given.name} was not run`);
  return outcome;
}

function table(): string {
  const rows = COMMAND_CASES.map((given) => {
    const outcome = outcomes.get(given);
    const kinds = new Set(Object.values(outcome?.kinds ?? {}));
    const { wrong = [], missed = [], right = [] } = outcome?.judged ?? {};
    return [
      given.name.padEnd(48),
      ([...kinds].join(', ') || '-').padEnd(22),
      String(right.length).padStart(7),
      String(missed.length).padStart(7),
      String(wrong.length).padStart(7),
    ].join('');
  });
  const head = `${'command'.padEnd(48)}${'kind'.padEnd(22)}   right missed  wrong`;
  const skipped = [...outcomes.values()].filter(({ isSkipped }) => isSkipped).length;
  return [head, ...rows, `not compared by Claude Code: ${skipped} of ${rows.length}`].join('\n');
}

describe.each(COMMAND_CASES)('$name', (given) => {
  it('is run as it should', () => {
    const { run } = outcomeOf(given);
    const bash = run.calls.find(({ tool }) => tool === 'Bash');
    expect(bash?.result).toMatchObject({ isError: given.fails ?? false });
  });

  it('makes no line of people Claude’s', () => {
    expect(outcomeOf(given).judged.wrong).toEqual([]);
  });

  it('is of the right kind, and all that Claude wrote is told to be', ({ skip }) => {
    const { isSkipped, kinds, judged } = outcomeOf(given);
    if (isSkipped) skip('Claude Code did not compare the files');
    expect(kinds).toEqual(given.kinds);
    const unexpected = judged.missed.filter(
      ({ text }) => !given.missed?.some((part) => text.includes(part)),
    );
    expect(unexpected).toEqual([]);
  });
});
