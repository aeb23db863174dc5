import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { HOOK_EVENTS } from '../../lib/install/events.ts';
import { captureContract } from '../contracts/capture-contract.ts';

const bundle = (event: string) => resolve('dist/hooks', `${event}.cjs`);

captureContract({
  title: 'the Node bundles',
  command: [process.execPath, bundle('post-tool-use')],
  ensureCommand: [process.execPath, bundle('session-start')],
});

it('has a bundle for each event that is recorded', () => {
  const expected = HOOK_EVENTS.map(({ bundle: name }) => `${name}.cjs`);
  expect(readdirSync('dist/hooks').toSorted()).toEqual(expected.toSorted());
  expect(expected.length).toBeGreaterThan(10);
});
