// `npm run test:faults` in its short form; `npm test` tries a part of it.
import { expect, it } from 'vitest';
import { isSound } from '../../scripts/faults/fault-row.ts';
import { FAULT_KINDS, tryFaults } from '../../scripts/faults/fault-list.ts';
import { renderFaults } from '../../scripts/faults/fault-report.ts';
import { soak } from '../../scripts/faults/soak.ts';
import { times } from '../support/depth.ts';

/** In `npm test`, one kind in so many. */
const STEP = times(20, 1);

it('loses, doubles and hides nothing, whatever kind of fault is made', async () => {
  const kinds = FAULT_KINDS.filter((_, index) => index % STEP === 0);
  const options = { isShort: true, factor: 1, seed: 1 };
  const rows = await tryFaults(kinds, { ...options, jobs: 4 });
  if (STEP === 1) console.log(renderFaults(rows));
  expect(rows.filter(({ lost, stated, doubled }) => lost !== stated || doubled > 0)).toEqual([]);
  // What `status` said is compared with a look before and one after. On a busy machine both may miss what it saw
  // between them, so what it said amiss must be amiss again.
  const odd = new Set(rows.filter((row) => !isSound(row)).map(({ name }) => name));
  const again = kinds.filter(({ name }) => odd.has(name));
  const rowsAgain = await tryFaults(again, { ...options, jobs: 1 });
  expect(rowsAgain.filter((row) => !isSound(row))).toEqual([]);
});

it.runIf(STEP === 1)('does not grow under load', async () => {
  const { problems } = await soak(30_000);
  expect(problems).toEqual([]);
});
