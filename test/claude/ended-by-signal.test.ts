import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startClaude } from './harness/claude-run.ts';
import type { ClaudeRun } from './harness/claude-run.ts';
import { outcomeOf } from './harness/expected.ts';
import type { Settled } from './harness/installed-tracker.ts';
import { setStage } from './harness/played.ts';
import type { Stage } from './harness/played.ts';
import { until } from '../support/until.ts';
import { isAlive } from './harness/processes.ts';
import { readRecorded } from './harness/recorded.ts';
import { endless } from './harness/scenarios.ts';
import { CLAUDE_CURRENT, CLAUDE_OLD } from './harness/versions.ts';

describe.each([CLAUDE_CURRENT, CLAUDE_OLD])(
  'Claude Code $version, while a command runs',
  ({ version }) => {
    let stage: Stage;
    let terminated: ClaudeRun;
    let killed: ClaudeRun;
    let settled: Settled;
    beforeAll(async () => {
      stage = await setStage({ version, capture: 'sh' });
      terminated = await endedBy(stage, 'SIGTERM');
      killed = await endedBy(stage, 'SIGKILL');
      settled = await stage.tracker.settle();
    });
    afterAll(() => stage.clear());

    it('ended by SIGTERM, has an interrupted call and the end of the session', () => {
      const { session, calls } = readRecorded(stage.tracker.paths.database, terminated.sessionId);
      const expected = terminated.calls.map((call) => [call.id, outcomeOf(call, true)]);
      expect(expected.map(([, outcome]) => outcome)).toEqual(['interrupted']);
      expect(calls.map((call) => [call.tool_use_id, call.outcome])).toEqual(expected);
      expect(session?.ended_at).toBeTypeOf('number');
      expect(terminated.exitCode).toBe(143);
    });

    it('ended by SIGKILL, has the call that was begun, and no end', () => {
      const { session, calls, events } = readRecorded(
        stage.tracker.paths.database,
        killed.sessionId,
      );
      expect(calls.map((call) => [call.tool_use_id, call.outcome])).toEqual([
        [expect.stringMatching(/^toolu_/), expect.stringMatching(/^(running|interrupted)$/)],
      ]);
      expect(session).toMatchObject({ ended_at: null, source: 'startup' });
      expect(events['SessionEnd']).toBeUndefined();
      expect(killed.signal).toBe('SIGKILL');
    });

    it('leaves nothing in the spool, and dropped nothing', () => {
      expect(settled).toEqual({ waiting: 0, bad: 0, drops: '' });
    });
  },
);

// --- internal ---

async function endedBy({ claude, sandbox }: Stage, signal: NodeJS.Signals): Promise<ClaudeRun> {
  const marker = join(sandbox.root, `${signal}.pid`);
  const session = await startClaude({ claude, sandbox, script: endless(marker) });
  await until(() => existsSync(marker), 'the command runs');
  process.kill(session.pid, signal);
  const run = await session.ended;
  // The command may outlive Claude.
  const command = Number(readFileSync(marker, 'utf8'));
  if (isAlive(command)) process.kill(command, 'SIGKILL');
  return run;
}
