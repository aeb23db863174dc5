import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openDatabaseForReading } from '../../lib/store/database/database.ts';
import { FaultyApi } from '../support/faulty-api.ts';
import { runClaude } from './harness/claude-run.ts';
import type { ClaudeRun } from './harness/claude-run.ts';
import { setStage } from './harness/played.ts';
import type { Stage } from './harness/played.ts';
import { EDITS } from './harness/scenarios.ts';
import { CLAUDE_CURRENT } from './harness/versions.ts';

/** Code that was written, as often as it was. */
const WRITTEN = 'SELECT count(*) FROM occurrences';
const WAITING = 'SELECT count(*) FROM outbox';

describe('a session of Claude Code while the server hangs', () => {
  let stage: Stage;
  let server: FaultyApi;
  let run: ClaudeRun;
  beforeAll(async () => {
    server = await new FaultyApi().up();
    server.strict = true;
    server.behaviour = { kind: 'hang' };
    stage = await setStage({ version: CLAUDE_CURRENT.version, capture: 'sh' });
    await writeFile(
      stage.tracker.paths.configFile,
      `api: { base_url: '${server.url}' }
pattern_tracking: { timeout: 1 }
resilience: { circuit_breaker: { recovery_timeout: 1 }, retry: { max_delay: 1 } }
`,
    );
    const { claude, sandbox } = stage;
    run = await runClaude({ claude, sandbox, script: EDITS.script(sandbox.project) });
  });
  afterAll(async () => {
    await stage.clear();
    await server.down();
  });

  const value = (sql: string) => {
    const database = openDatabaseForReading(stage.tracker.paths.database);
    try {
      return Number(database?.prepare(sql).pluck().get() ?? 0);
    } finally {
      database?.close();
    }
  };

  it('ends as it does with no server', () => {
    expect([run.exitCode, run.stderr]).toEqual([0, '']);
  });

  it('is recorded, and waits for the server', async () => {
    await expect.poll(() => value(WRITTEN)).toBeGreaterThan(3);
    expect(value(`SELECT (${WRITTEN}) - (${WAITING})`)).toBe(0);
    expect(server.events.size).toBe(0);
  });

  it('is at the server once that is back, each event once', async () => {
    server.behaviour = { kind: 'well' };
    await expect.poll(() => server.events.size - value(WRITTEN)).toBe(0);
    await expect.poll(() => value(WAITING)).toBe(0);
  });
});
