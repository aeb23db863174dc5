// What docs/RUNBOOK.md does not drill, mended by what it says.
import { expect, it } from 'vitest';
import { BREAKAGES } from '../../scripts/runbook/breakages.ts';
import { mend } from '../../scripts/runbook/mending.ts';

it.each(BREAKAGES)('mends it when $name', async (breakage) => {
  expect((await mend(breakage)).faults).toEqual([]);
});
