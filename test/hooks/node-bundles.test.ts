import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { captureContract } from '../contracts/capture-contract.ts';

const bundle = (event: string) => resolve('dist/hooks', `${event}.cjs`);

captureContract({
  title: 'the Node bundles',
  command: [process.execPath, bundle('post-tool-use')],
  ensureCommand: [process.execPath, bundle('session-start')],
});

it('has a bundle for each event that is recorded', () => {
  expect(readdirSync('dist/hooks').sort()).toEqual([
    'post-tool-batch.cjs',
    'post-tool-use-failure.cjs',
    'post-tool-use.cjs',
    'pre-compact.cjs',
    'pre-tool-use.cjs',
    'session-end.cjs',
    'session-start.cjs',
    'stop.cjs',
    'subagent-start.cjs',
    'subagent-stop.cjs',
    'user-prompt-submit.cjs',
  ]);
});
