import { afterAll, beforeAll, expect, it } from 'vitest';

import { measureAddedTime } from './harness/added-time.ts';
import { setStage } from './harness/played.ts';
import type { Stage } from './harness/played.ts';
import { readRecorded, readSessionIds } from './harness/recorded.ts';
import { CLAUDE_CURRENT } from './harness/versions.ts';

const PAIRS = 3;
const CALLS = 20;

let stage: Stage;
beforeAll(async () => {
  stage = await setStage({ version: CLAUDE_CURRENT.version, capture: 'sh' });
});
afterAll(() => stage.clear());

it('records every call of the sessions that are timed, and prints what that cost', async () => {
  const { claude, tracker } = stage;
  const added = await measureAddedTime({
    claude,
    hooks: tracker.hooks,
    pairs: PAIRS,
    calls: CALLS,
  });
  console.log('time added to %d tool calls, in ms:', CALLS, added);
  expect(await tracker.settle()).toEqual({ waiting: 0, bad: 0, drops: '' });

  const sessions = readSessionIds(tracker.paths.database).map((id) =>
    readRecorded(tracker.paths.database, id),
  );
  expect(sessions.map(({ events }) => events)).toEqual(
    Array.from({ length: PAIRS }, () => ({ PreToolUse: CALLS, PostToolUse: CALLS })),
  );
});
