import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renameSync } from 'node:fs';
import { followEvents } from '../../lib/cli/event-follower.ts';
import { MINUTE, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

const SESSION = '3f2a9c10-1111-4111-8111-111111111111';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

function fillActivity(): void {
  const project = sample.project('/w/app', 'app');
  sample.session(SESSION, { project_id: project });
  sample.event('e1', SESSION, 'SessionStart', { payload: '{"source":"startup"}' });
  sample.event('e2', SESSION, 'PreToolUse', { tool_use_id: 'toolu_1' });
  sample.event('e3', SESSION, 'PostToolUse', { tool_use_id: 'toolu_1' });
  sample.toolCall(SESSION, 'toolu_1', { summary: '/w/app/src/queue.ts', duration_ms: 16 });
  sample.pattern('7c1e09ab44d2f310', 'a\nb\nc');
  sample.occurrence('7c1e09ab44d2f310', 'e3', {
    session_id: SESSION,
    file_path: '/w/app/src/queue.ts',
  });
  sample.toolCall(SESSION, 'toolu_2', { tool_name: 'Edit', outcome: 'rejected', summary: 'x.ts' });
  sample.toolCall(SESSION, 'toolu_3', { tool_name: 'Bash', outcome: 'ok' });
  sample.event('e4', SESSION, 'PostToolBatch', {
    payload: '{"tool_calls":[{"tool_use_id":"toolu_2"},"odd",{"tool_use_id":"toolu_3"}]}',
  });
  sample.event('e5', SESSION, 'PostToolUse', { payload: '{"tool_name":"Grep"}' }); // an old version
  sample.event('e6', SESSION, 'Notification', { payload: null });
  sample.event('e7', SESSION, 'PostToolBatch', { payload: 'no json' });
  sample.event('e8', SESSION, 'SessionEnd', { payload: '{"reason":"other"}' });
  sample.event('e9', 'capture-test-1', 'SessionStart');
}

/** The lines, without their times, which are local. */
function withoutTimes(out: string): string {
  return out.replaceAll(/^\d\d:\d\d:\d\d/gm, 'TIME');
}

describe('tail', () => {
  it('prints calls that ended, code and sessions from --since on', async () => {
    fillActivity();
    const { exitCode, out } = await run(sample, 'tail --since 1h --max 6');
    expect(exitCode).toBe(0);
    expect(withoutTimes(out)).toMatchInlineSnapshot(`
      "TIME  3f2a9c10  session started (startup) in app
      TIME  3f2a9c10  ok        Write  src/queue.ts  16 ms
      TIME  3f2a9c10  created   7c1e09ab44d2f310  src/queue.ts:1-3  3 lines
      TIME  3f2a9c10  rejected  Edit  x.ts
      TIME  3f2a9c10  ok        Grep
      TIME  3f2a9c10  session ended (other) in app
      "
    `);
  });

  it('ends at --until, which has to come after its beginning', async () => {
    fillActivity();
    sample.event('late', SESSION, 'SessionEnd', { received_at: NOW });
    const { exitCode, out } = await run(sample, 'tail --since 1h --until 30s');
    expect([exitCode, out.trimEnd().split('\n').length]).toEqual([0, 6]);
    expect(await run(sample, 'tail --until 30s')).toEqual({
      exitCode: 2,
      out: '',
      err: 'error: --until has passed, and tail begins now\n  Give --since as well.\n',
    });
  });

  it('says that it waits for a session that is not there yet', async () => {
    fillActivity();
    const { err } = await run(sample, 'tail --since 1h --until 1m --session 77');
    expect(err).toBe('No session begins with "77" yet; waiting for one with that very id.\n');
    expect((await run(sample, 'tail --since 1h --until 30s --session 3f2a')).err).toBe('');
  });

  it('prints a line of JSON each with --json', async () => {
    fillActivity();
    const { out } = await run(sample, 'tail --json --since 1h --max 6');
    const items = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    const head = { at: '2026-11-24T11:59:00.000Z', session_id: SESSION, project_root: '/w/app' };
    expect(items.slice(0, 3)).toEqual([
      { type: 'session', ...head, change: 'started', source: 'startup', reason: null },
      {
        type: 'tool_call',
        ...head,
        tool_use_id: 'toolu_1',
        tool_name: 'Write',
        summary: '/w/app/src/queue.ts',
        outcome: 'ok',
        error: null,
        duration_ms: 16,
      },
      {
        type: 'pattern',
        ...head,
        pattern_id: '7c1e09ab44d2f310',
        action: 'created',
        file_path: '/w/app/src/queue.ts',
        start_line: 1,
        end_line: 3,
        language: 'typescript',
        lines: 3,
        generation: 1,
      },
    ]);
    expect(items).toHaveLength(6);
  });

  it('ends with 0 on Ctrl-C', async () => {
    fillActivity();
    const controller = new AbortController();
    const ended = run(sample, 'tail --since 1h', {
      interruption: () => controller.signal,
      out: (text) => void (text.includes('session ended') && controller.abort()),
    });
    expect((await ended).exitCode).toBe(0);
  });
});

describe('followEvents', () => {
  interface Seen {
    readonly id: string;
  }

  /** Follows, and calls `then` after each event with what was seen so far. */
  async function follow(
    options: { since?: number; session?: string },
    until: (seen: readonly Seen[]) => boolean,
    start?: () => void,
    then: (seen: readonly Seen[]) => void = () => {},
  ): Promise<string[]> {
    const controller = new AbortController();
    const seen: Seen[] = [];
    const events = followEvents({
      path: sample.paths.database,
      filter: { session: options.session },
      since: options.since,
      clock: () => NOW,
      signal: controller.signal,
      intervalMs: 1,
    });
    const first = events.next();
    start?.();
    for (let next = await first; !next.done; next = await events.next()) {
      seen.push({ id: next.value.event.eventId });
      then(seen);
      if (until(seen)) controller.abort();
    }
    return seen.map(({ id }) => id);
  }

  it('begins with what comes, and misses nothing', async () => {
    sample.event('old', SESSION, 'Stop');
    const add = (from: number) => {
      for (let index = from; index < from + 600; index++) {
        sample.event(`new-${index}`, SESSION, 'Stop');
      }
    };
    const seen = await follow(
      {},
      ({ length }) => length === 1200,
      () => add(0),
      ({ length }) => {
        if (length === 300) add(600);
      },
    );
    expect(seen).toEqual(Array.from({ length: 1200 }, (_, index) => `new-${index}`));
  });

  it('begins with the time asked for', async () => {
    sample.event('old', SESSION, 'Stop', { received_at: NOW - 10 * MINUTE });
    sample.event('recent', SESSION, 'Stop', { received_at: NOW - MINUTE });
    const seen = await follow({ since: NOW - 5 * MINUTE }, ({ length }) => length === 1);
    expect(seen).toEqual(['recent']);
  });

  it('begins with what comes when nothing is as young as asked for', async () => {
    sample.event('old', SESSION, 'Stop', { received_at: NOW - 10 * MINUTE });
    const seen = await follow(
      { since: NOW },
      ({ length }) => length === 1,
      () => sample.event('new', SESSION, 'Stop'),
    );
    expect(seen).toEqual(['new']);
  });

  it('keeps to one session', async () => {
    sample.event('other', 'another', 'Stop');
    sample.event('own', SESSION, 'Stop');
    const seen = await follow({ since: 0, session: SESSION }, ({ length }) => length === 1);
    expect(seen).toEqual(['own']);
  });

  it('waits for the database to appear, and takes all that is in it', async () => {
    const seen = await follow(
      {},
      ({ length }) => length === 2,
      () => {
        sample.event('first', SESSION, 'Stop');
        sample.event('second', SESSION, 'Stop');
      },
    );
    expect(seen).toEqual(['first', 'second']);
  });

  it('goes over to a database that took the place of another', async () => {
    sample.event('a1', SESSION, 'Stop');
    const seen = await follow(
      { since: 0 },
      ({ length }) => length === 3,
      undefined,
      ({ length }) => {
        if (length !== 1) return;
        sample.close();
        for (const suffix of ['', '-wal', '-shm']) {
          try {
            renameSync(sample.paths.database + suffix, `${sample.paths.database}.aside${suffix}`);
          } catch {
            // Without a WAL there is nothing to move.
          }
        }
        sample.event('b1', SESSION, 'Stop');
        sample.event('b2', SESSION, 'Stop');
      },
    );
    expect(seen).toEqual(['a1', 'b1', 'b2']);
  });
});
