import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { times } from '../support/depth.ts';
import { TrackerHome } from './tracker-home.ts';

const PROCESSES = times(8, 64);
const EVENTS_EACH = 50;
const KILLS = times(2, 10);

let home: TrackerHome;
beforeEach(() => (home = new TrackerHome()));
afterEach(() => home.remove());

/**
 * A session of its own that writes `EVENTS_EACH` files, one after the other; at the courier's
 * priority, or so many of them would keep it from running at all.
 */
function writer(sh: string, process: number): Promise<number | null> {
  const command = ['-n', '10', '/bin/sh', sh, String(process)];
  const child = spawn('nice', command, { env: home.env, stdio: 'ignore' });
  return new Promise((done) => child.on('close', done));
}

describe('many captures at once, and a courier that is killed', () => {
  it(`keeps each event once: ${PROCESSES} processes, ${EVENTS_EACH} events each, kill -9 ${KILLS} times`, async () => {
    const script = join(home.folder, 'writer.sh');
    const event =
      '{"session_id":"s-%s","cwd":"/p","hook_event_name":"PostToolUse","tool_name":"Write",' +
      '"tool_input":{"file_path":"/p/%s.ts","content":"export const it = %s * %s;"},' +
      '"tool_response":{"type":"create"},"tool_use_id":"toolu_%s_%s"}';
    writeFileSync(
      script,
      `n=0
       while [ $n -lt ${EVENTS_EACH} ]; do
         printf '${event}' $1 $1 $1 $n $1 $n | '${resolve('hooks/capture.sh')}' || exit 1
         n=$((n + 1))
       done`,
    );
    let writing = true;
    const writers = Promise.all(Array.from({ length: PROCESSES }, (_, n) => writer(script, n)));
    void writers.then(() => (writing = false));

    let kills = 0;
    while (kills < KILLS) {
      await expect.poll(() => home.courierPid).toBeDefined();
      await new Promise((done) => setTimeout(done, 40 + kills * 25)); // anywhere in its work
      await home.stop('SIGKILL');
      kills += 1;
      if (!writing) home.capture('{"session_id":"last","hook_event_name":"Stop"}', 'ensure');
    }
    expect(new Set(await writers)).toEqual(new Set([0]));
    home.capture('{"session_id":"last","hook_event_name":"SessionEnd"}', 'ensure');
    await home.settled();

    const writes = "FROM events WHERE name = 'PostToolUse'";
    expect(home.value(`SELECT count(*) ${writes}`)).toBe(PROCESSES * EVENTS_EACH);
    expect(home.value('SELECT count(*) FROM tool_calls')).toBe(PROCESSES * EVENTS_EACH);
    expect(home.value('SELECT count(*) FROM occurrences')).toBe(PROCESSES * EVENTS_EACH);
    expect(home.value('SELECT sum(occurrences) FROM patterns')).toBe(PROCESSES * EVENTS_EACH);
    expect(home.value("SELECT count(*) FROM sessions WHERE id LIKE 's-%'")).toBe(PROCESSES);
    expect([home.quarantined, home.drops]).toEqual([[], '']);
    expect(home.value('PRAGMA integrity_check')).toBe('ok');
  });
});
