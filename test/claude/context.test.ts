// A new session is given a note of the last ones if the user's configuration says `context: on`, and only then.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';

import { runClaude } from './harness/claude-run.ts';
import type { ClaudeRun } from './harness/claude-run.ts';
import { installTracker } from './harness/installed-tracker.ts';
import { setStage } from './harness/played.ts';
import type { Stage } from './harness/played.ts';
import { CLAUDE_CURRENT } from './harness/versions.ts';

const NOTE = 'What was done in this project in the last sessions';

let stage: Stage | undefined;
afterEach(async () => {
  await stage?.clear();
  stage = undefined;
});

it('Claude knows of the last session from its first request on, if the user wants it', async () => {
  stage = await setStage({ version: CLAUDE_CURRENT.version, capture: 'sh' });
  const { claude, sandbox, tracker } = stage;
  const file = join(sandbox.project, 'sum.js');
  const write = { tool: 'Write', input: { file_path: file, content: 'export const sum = 1;\n' } };
  const session = () =>
    runClaude({ claude, sandbox, script: { turns: [{ calls: [write] }, { say: 'Done.' }] } });
  await session();
  await tracker.settle();
  expect(requestsOf(await session())).not.toContain(NOTE);
  await tracker.settle();

  await mkdir(dirname(tracker.paths.configFile), { recursive: true });
  await writeFile(tracker.paths.configFile, 'context: on\n');
  await installTracker(sandbox, ['--capture', 'sh']);
  const settings = join(sandbox.claudeFolder, 'settings.json');
  const text = await readFile(settings, 'utf8');
  // As much time as it takes: whether it comes within a tenth of a second depends on the machine.
  await writeFile(settings, text.replace(/(dist\/context\.cjs)"/, '$1 60000"'));
  const run = await session();
  expect(run.exitCode).toBe(0);
  const [first] = run.requests.filter(({ speaker }) => speaker === 'main');
  const request = JSON.stringify(first?.body);
  expect(request).toContain(NOTE);
  expect(request).toContain('sum.js');
  expect(request).toContain('Run the script.');
  const { bad, drops } = await tracker.settle();
  expect([bad, drops]).toEqual([0, '']);
});

// --- internal ---

function requestsOf({ requests }: ClaudeRun): string {
  return JSON.stringify(requests.map(({ body }) => body));
}
