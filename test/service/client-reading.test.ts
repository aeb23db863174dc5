import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  readBatchReply,
  readHealthReply,
  readTrackReply,
} from '../../lib/lineage-api/api-reply.ts';
import { readPatterns, readRelatives } from '../../lib/lineage-api/query-reply.ts';

interface Golden {
  readonly title: string;
  readonly response: { readonly status: number; readonly body: unknown };
}

const golden = JSON.parse(readFileSync('test/fixtures/service/golden.json', 'utf8')) as Golden[];
const answerTo = (title: string) => {
  const found = golden.find((entry) => entry.title === title);
  if (!found) throw new Error(`no golden answer "${title}"`);
  return found.response;
};

it('our client reads what became of an event', () => {
  expect(readTrackReply(answerTo('records a creation').body)).toEqual({ kind: 'accepted' });
  expect(readTrackReply(answerTo('answers the same event again as a success').body)).toEqual({
    kind: 'accepted',
  });
  expect(readTrackReply(answerTo('says which parent is unknown').body)).toEqual({
    kind: 'failed',
    message: 'Validation error: Parent pattern not found: nowhere',
    isServerFault: false,
  });
});

it('our client reads what became of each event of a batch', () => {
  const answers = readBatchReply(answerTo('answers a batch by index').body, 5);
  expect(answers?.map(({ kind }) => kind)).toEqual([
    'accepted',
    'accepted',
    'failed',
    'failed',
    'accepted',
  ]);
  expect(answers?.some((answer) => answer.kind === 'failed' && answer.isServerFault)).toBe(false);
});

it('our client reads lists of patterns and relatives', () => {
  expect(readPatterns(answerTo('lists patterns').body)?.[0]).toMatchObject({
    id: 'valid',
    name: 'valid.ts',
    language: 'typescript',
    lines: 1,
    generation: 1,
    occurrences: 1,
    firstSeenAt: '2026-11-02T08:15:00.000Z',
    isDeprecated: false,
  });
  expect(readPatterns(answerTo('finds patterns').body)?.map(({ id }) => id)).toEqual(['child']);
  expect(readRelatives(answerTo('tells ancestry').body, 'merge', 'ancestry')).toEqual([
    { id: 'child', generation: 2, edgeType: 'merged_from', depth: 1 },
    { id: 'fork', generation: 2, edgeType: 'merged_from', depth: 1 },
    { id: 'root', generation: 1, edgeType: 'modified_from', depth: 2 },
  ]);
  const descendants = answerTo('tells descendants of all generations').body;
  expect(
    readRelatives(descendants, 'root', 'descendants')?.map(({ id, depth }) => [id, depth]),
  ).toEqual([
    ['child', 1],
    ['fork', 1],
    ['merge', 2],
  ]);
});

it('our client reads that the service is well', () => {
  for (const title of ['tells its health', 'tells its health in short']) {
    const { status, body } = answerTo(title);
    expect(readHealthReply(status, body, '').isWell).toBe(true);
  }
});
