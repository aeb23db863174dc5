import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runClaude } from './harness/claude-run.ts';
import type { ClaudeRun } from './harness/claude-run.ts';
import { setStage } from './harness/played.ts';
import type { Stage } from './harness/played.ts';
import { makeSandbox } from './harness/sandbox.ts';
import type { Sandbox } from './harness/sandbox.ts';
import { EDITS } from './harness/scenarios.ts';
import { printed, told } from './harness/said.ts';
import { CLAUDE_CURRENT, CLAUDE_OLD } from './harness/versions.ts';

describe.each([CLAUDE_CURRENT, CLAUDE_OLD])('Claude Code $version', ({ version }) => {
  let stage: Stage;
  let bare: Sandbox;
  let hooked: ClaudeRun;
  let unhooked: ClaudeRun;
  beforeAll(async () => {
    stage = await setStage({ version, capture: 'sh' });
    const { claude, sandbox } = stage;
    bare = await makeSandbox({ claude });
    const script = EDITS.script;
    unhooked = await runClaude({ claude, sandbox: bare, script: script(bare.project) });
    hooked = await runClaude({ claude, sandbox, script: script(sandbox.project) });
  });
  afterAll(async () => {
    await stage.clear();
    await bare.remove();
  });

  it('ends with the same exit code and the same words on stderr', () => {
    expect([hooked.exitCode, hooked.stderr]).toEqual([unhooked.exitCode, unhooked.stderr]);
  });

  it('prints the same as with no hooks', () => {
    const lines = printed(hooked, stage.sandbox);
    expect(lines.length).toBeGreaterThan(20);
    expect(lines).toEqual(printed(unhooked, bare));
  });

  it('tells the model the same as with no hooks', () => {
    const messages = told(hooked, stage.sandbox);
    expect(messages.length).toBeGreaterThan(20);
    expect(messages).toEqual(told(unhooked, bare));
  });

  it('names nothing of ours, neither to the user nor to the model', () => {
    const all = hooked.stdout + hooked.stderr + JSON.stringify(hooked.requests);
    expect(all).not.toMatch(/pattern-tracker|capture\.sh/i);
  });
});
