import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../lib/store/database.ts';
import { Outbox } from '../../lib/store/outbox.ts';
import { FaultyApi } from '../support/faulty-api.ts';
import { TrackerHome } from './tracker-home.ts';

const EVENTS = 4_000;
const LINEAGES = 40;
const KILLS = 200;
const SEED = 20_261_124;

let home: TrackerHome;
let server: FaultyApi;

beforeEach(async () => {
  server = await new FaultyApi().up();
  server.strict = true; // refuses a child whose parent it has not seen
  server.behaviour = { kind: 'late', ms: 2 };
  home = new TrackerHome(
    `api: { base_url: '${server.url}' }
pattern_tracking: { batch_size: 2 }
courier: { idle_exit_seconds: 60 }
`,
  );
});
afterEach(async () => {
  await home.remove();
  await server.down();
});

/** Lineages that grow by turns: each event but the first of its lineage has the one before as parent. */
function queue(): void {
  mkdirSync(home.paths.data, { recursive: true });
  const database = openDatabase(home.paths.database);
  const outbox = new Outbox(database, 'http');
  database.transaction(() => {
    for (let n = 0; n < EVENTS; n++) {
      const parent = n < LINEAGES ? undefined : `p${n - LINEAGES}`;
      const eventType = parent === undefined ? 'pattern_created' : 'pattern_modified';
      const body = {
        event_id: `e${n}`,
        event_type: eventType,
        pattern_id: `p${n}`,
        parent_pattern_ids: parent === undefined ? [] : [parent],
        pattern_data: { n },
      };
      const row = { eventId: `e${n}`, eventType, sessionId: 's', patternId: `p${n}` };
      outbox.add({ ...row, lineageId: `l${n % LINEAGES}`, body: JSON.stringify(body) }, Date.now());
    }
  })();
  database.close();
}

/** Mulberry32: the same numbers in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const COMMANDS = [
  ['dist/courier.cjs', '--home'],
  ['dist/courier.cjs', '--home'],
  ['dist/cli.mjs', 'flush'],
] as const;

function start([program, argument]: readonly [string, string]): ChildProcess {
  const args = argument === '--home' ? [argument, home.paths.home] : [argument];
  const env = { ...home.env, PATTERN_TRACKER_HOME: home.paths.home };
  return spawn(process.execPath, [resolve(program), ...args], { env, stdio: 'ignore' });
}

const isGone = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

describe('two couriers and a flush at once', () => {
  it('bring each event to the server once, in order, however often they are killed', async () => {
    queue();
    const random = randomNumbers(SEED);
    const running = COMMANDS.map(start);
    let killed = 0;
    let arrived = 0;
    for (let step = 0; killed < KILLS && step < 20 * KILLS; step++) {
      await setTimeout(20 + random() * 120);
      if (step % 10 === 0) {
        // On a busy machine they need longer to begin; all killed before that would test nothing.
        await expect
          .poll(() => server.events.size === EVENTS || server.events.size > arrived)
          .toBe(true);
        arrived = server.events.size;
      }
      for (const [index, command] of COMMANDS.entries()) {
        const child = running[index];
        if (!child || isGone(child)) running[index] = start(command);
      }
      const victim = running[Math.floor(random() * running.length)];
      if (victim?.kill('SIGKILL')) killed += 1;
    }
    expect(killed).toBe(KILLS);
    for (const child of running) child.kill('SIGKILL');
    await expect.poll(() => running.every(isGone)).toBe(true);

    server.behaviour = { kind: 'well' };
    void home.runCourier();
    await expect.poll(() => home.value('SELECT count(*) FROM outbox')).toBe(0);
    expect(server.events.size).toBe(EVENTS);

    const order = [...server.events.values()].map(
      ({ pattern_data: data }) => (data as { n: number }).n,
    );
    for (let lineage = 0; lineage < LINEAGES; lineage++) {
      const sent = order.filter((n) => n % LINEAGES === lineage);
      expect(sent).toEqual(sent.toSorted((a, b) => a - b));
    }
    expect(home.value('PRAGMA integrity_check')).toBe('ok');
  }, 600_000);
});
