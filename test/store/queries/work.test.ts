import { afterAll, expect, it } from 'vitest';
import { workSince } from '../../../lib/store/queries/work.ts';
import { fillSample, HOUR, NOW, Sample } from '../../cli/sample-database.ts';

const sample = new Sample();
afterAll(() => sample.remove());

it('counts what Claude did since a time, without tests of the installation', () => {
  const nothing = {
    sessions: 0,
    toolCalls: 0,
    failedToolCalls: 0,
    files: 0,
    linesAdded: 0,
    linesRemoved: 0,
  };
  expect(workSince(sample.database, 0)).toEqual(nothing);
  fillSample(sample);
  expect(workSince(sample.database, NOW - 3 * HOUR)).toEqual({
    sessions: 2,
    toolCalls: 3,
    failedToolCalls: 1,
    files: 3,
    linesAdded: 12,
    linesRemoved: 3,
  });
  expect(workSince(sample.database, NOW - HOUR)).toMatchObject({
    sessions: 1,
    toolCalls: 1,
    files: 1,
  });
  expect(workSince(sample.database, NOW + 1)).toEqual(nothing);
});
