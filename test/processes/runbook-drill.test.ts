// `npm run test:runbook`, in short: every block of docs/RUNBOOK.md, in the fault that it is for.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('goes through the whole runbook, and ends healthy with nothing lost', async () => {
  const drill = ['--import', 'tsx', 'scripts/runbook.ts', '--short'];
  const { stdout } = await promisify(execFile)(process.execPath, drill, {
    maxBuffer: 2 ** 26,
  }).catch((error: { stdout: string }) => error);
  expect(stdout).toContain('42 blocks: 42 passed, 0 failed, 0 not there yet');
  expect(stdout).toContain('Healthy at the end, and nothing is lost.');
});
