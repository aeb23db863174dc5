import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { outcomeOf } from './harness/expected.ts';
import { CHECKOUT } from './harness/installed-tracker.ts';
import { play, setStage } from './harness/played.ts';
import type { Played, Stage } from './harness/played.ts';
import { readCounters, readRecorded } from './harness/recorded.ts';
import { COMMANDS_AND_ERRORS, EDITS } from './harness/scenarios.ts';
import { CLAUDE_CURRENT } from './harness/versions.ts';

const PLAYED = [EDITS, COMMANDS_AND_ERRORS].map((scenario) => ({
  ...scenario,
  args: ['--plugin-dir', join(CHECKOUT, 'plugin')],
}));

describe('hooks registered in settings.json and by the plugin at once', () => {
  let stage: Stage;
  let result: Played;
  beforeAll(async () => {
    stage = await setStage({ version: CLAUDE_CURRENT.version, capture: 'sh' });
    result = await play(stage, PLAYED);
  });
  afterAll(() => stage.clear());

  it('both run', () => {
    const counters = readCounters(stage.tracker.paths.database);
    expect(counters['ingested']).toBeGreaterThan(50);
    expect(counters['duplicates']).toBe(counters['ingested']);
  });

  it.each(PLAYED.map(({ name }, index) => ({ name, index })))(
    'count each event of "$name" once',
    ({ index }) => {
      const run = result.runs[index];
      const outcomes = run?.calls.map((call) => outcomeOf(call, false)) ?? [];
      const count = (outcome: string) => outcomes.filter((each) => each === outcome).length;
      const recorded = readRecorded(stage.tracker.paths.database, run?.sessionId ?? '');
      expect({ PostToolUseFailure: 0, ...recorded.events }).toEqual({
        SessionStart: 1,
        UserPromptSubmit: 1,
        PreToolUse: outcomes.length - count('rejected'),
        PostToolUse: count('ok'),
        PostToolUseFailure: count('failed'),
        PostToolBatch: (run?.requests.filter(({ speaker }) => speaker === 'main').length ?? 0) - 1,
        Stop: 1,
        SessionEnd: 1,
      });
      expect(recorded.session?.prompts).toBe(1);
      expect(recorded.calls.map(({ outcome }) => outcome).toSorted()).toEqual(outcomes.toSorted());
    },
  );

  it('leave nothing in the spool', () => {
    expect(result.settled).toEqual({ waiting: 0, bad: 0, drops: '' });
  });
});
