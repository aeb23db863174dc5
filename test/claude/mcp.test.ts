// Claude asks what it wrote in an earlier session, through the MCP server that the installer has registered.
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';

import { runClaude } from './harness/claude-run.ts';
import type { ClaudeRun } from './harness/claude-run.ts';
import { setStage } from './harness/played.ts';
import type { Stage } from './harness/played.ts';
import type { ScriptedCall } from './harness/scripted-model.ts';
import { CLAUDE_CURRENT } from './harness/versions.ts';

const SUM = `export function sum(values) {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
`;

let stage: Stage | undefined;
afterEach(async () => {
  await stage?.clear();
  stage = undefined;
});

it('Claude finds what it wrote before, and who wrote a line', async () => {
  stage = await setStage({ version: CLAUDE_CURRENT.version, capture: 'sh', install: ['--mcp'] });
  const { claude, sandbox, tracker } = stage;
  const file = join(sandbox.project, 'sum.js');
  const session = (...calls: readonly ScriptedCall[]): Promise<ClaudeRun> =>
    runClaude({
      claude,
      sandbox,
      script: { turns: [...calls.map((call) => ({ calls: [call] })), { say: 'Done.' }] },
    });
  await session({ tool: 'Write', input: { file_path: file, content: SUM } });
  await tracker.settle();
  const code = SUM.replaceAll('total', 'all').replaceAll('value', 'price');
  const run = await session(
    { tool: 'mcp__pattern-tracker__find_similar', input: { code, language: 'javascript' } },
    { tool: 'mcp__pattern-tracker__blame_lines', input: { file, first_line: 2, last_line: 2 } },
    { tool: 'mcp__pattern-tracker__search_patterns', input: { text: 'total += value' } },
  );
  expect(run.exitCode).toBe(0);
  const answers = run.calls.map(({ result }) => JSON.stringify(result?.detail ?? result));
  expect(answers).toHaveLength(3);
  expect(answers[0]).toContain('sum.js');
  expect(answers[0]).toMatch(/score.{1,6}0\.[89]/);
  expect(answers[1]).toMatch(/author.{1,8}claude/);
  expect(answers[2]).toMatch(/line.{1,6}3/);
});
