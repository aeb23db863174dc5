import { countAttempt } from '../../lib/capture/attempt.ts';
import { copyFileSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hintText, writeHint } from '../../lib/capture/courier-hint.ts';
import { HOOK_EVENTS } from '../../lib/install/events.ts';
import { openDatabase } from '../../lib/store/database/database.ts';
import { noteClaudeVersion, noteEvicted } from '../../lib/store/database/meta.ts';
import { deliveryOf, fillOutbox, queue, TOKEN } from './delivery-sample.ts';
import { fillSample, HOUR, MINUTE, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

/** The text of a run, the throwaway folder named `~`. */
async function status(argv = '', overrides = {}): Promise<{ exitCode: number; out: string }> {
  const { exitCode, out } = await run(sample, `status ${argv}`, overrides);
  return { exitCode, out: out.replaceAll(sample.folder, '~') };
}

function writeSettings(settings: unknown): void {
  const file = join(sample.folder, '.claude', 'settings.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof settings === 'string' ? settings : JSON.stringify(settings));
}

function ourHooks(): Record<string, unknown> {
  const command = join(sample.paths.home, 'hooks', 'capture.sh');
  mkdirSync(dirname(command), { recursive: true });
  copyFileSync('hooks/capture.sh', command);
  return Object.fromEntries(
    HOOK_EVENTS.map(({ name }) => [name, [{ hooks: [{ type: 'command', command, args: [] }] }]]),
  );
}

function writeCourier(state: object, pid: number): void {
  mkdirSync(sample.paths.data, { recursive: true });
  writeFileSync(sample.paths.courierState, JSON.stringify({ pid, version: '1.0.0', ...state }));
  writeHint(sample.paths.courierHint, hintText(pid));
}

describe('recording', () => {
  it('is off where nothing is installed', async () => {
    expect(await status()).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "out": "Recording   off: nothing is installed in ~/.claude/hooks/pattern-tracker
                  Run \`npx claude-pattern-tracker install\`, or ./install.sh in a clone.
      Courier     not running, has not run yet
      Spool       0 waiting
      Recorded    nothing yet
      Server      none is configured; everything stays on this machine
      Log         ~/.claude/hooks/pattern-tracker/data/logs/tracker.log
      ",
      }
    `);
  });

  it('is off where no hook is registered', async () => {
    fillSample(sample);
    expect((await status()).out).toContain(
      'Recording   off: no hooks of this program are in the settings\n            Run `pattern-tracker install`.',
    );
  });

  it('is on where the settings hold our hooks', async () => {
    fillSample(sample);
    for (const id of ['a', 'b']) sample.event(id, 'session-1', 'PreToolUse');
    writeSettings({ hooks: ourHooks() });
    const { out } = await status();
    expect(out.replace(/\([\d.]+ [kM]B\)/, '(SIZE)')).toMatchInlineSnapshot(`
      "Recording   on, by user settings (~/.claude/settings.json)
      Courier     not running, has not run yet
      Spool       0 waiting
      Recorded    2 sessions, 3 tool calls, 4 patterns, 2 events (SIZE)
      Last event  1 min ago
      Server      none is configured; everything stays on this machine
      Log         ~/.claude/hooks/pattern-tracker/data/logs/tracker.log
      "
    `);
  });

  it('says which events have no hook after an update of Claude Code', async () => {
    const { PostToolBatch: _, ...hooks } = ourHooks();
    writeSettings({ hooks });
    const extension = join(sample.folder, '.vscode/extensions/anthropic.claude-code-2.0.76');
    mkdirSync(extension, { recursive: true });
    expect(JSON.parse((await status('--json')).out)).toMatchObject({ missing_events: [] });

    noteClaudeVersion(sample.database, '2.1.330'); // as the courier does
    sample.close();
    expect((await status()).out).toContain(
      'without a hook for PostToolBatch, which this Claude Code knows\n            Run `pattern-tracker install`.',
    );
    expect(JSON.parse((await status('--json')).out)).toMatchObject({
      missing_events: ['PostToolBatch'],
    });
  });

  it('is on where our plugin is enabled', async () => {
    writeSettings({ enabledPlugins: { 'claude-pattern-tracker@somewhere': true, 'x@y': true } });
    expect((await status()).out).toContain('on, by plugin claude-pattern-tracker@somewhere');
  });

  it.each([
    ['hooks of others', { hooks: { PreToolUse: [{ hooks: [{ command: '/bin/true' }] }] } }],
    ['a plugin that is disabled', { enabledPlugins: { 'claude-pattern-tracker@x': false } }],
    ['settings of strange shapes', { hooks: { PreToolUse: { a: 1 }, Stop: [null, { hooks: 3 }] } }],
  ])('is off with %s', async (_, settings) => {
    writeSettings(settings);
    expect((await status()).out).toMatch(/^Recording {3}off/);
  });

  it('is off where all hooks are disabled, and names the file', async () => {
    writeSettings({ disableAllHooks: true, hooks: ourHooks() });
    expect((await status()).out).toContain(
      'off: "disableAllHooks" is true in ~/.claude/settings.json',
    );
  });

  it('is off with PATTERN_TRACKER_DISABLED=1', async () => {
    writeSettings({ hooks: ourHooks() });
    const env = { HOME: sample.folder, PATTERN_TRACKER_DISABLED: '1' };
    expect((await status('', { env })).out).toContain('off: PATTERN_TRACKER_DISABLED=1 is set');
  });

  it('is off where the settings set that variable, and names the file', async () => {
    writeSettings({ hooks: ourHooks(), env: { PATTERN_TRACKER_DISABLED: '1' } });
    expect((await status()).out).toContain(
      'off: PATTERN_TRACKER_DISABLED=1 is set in ~/.claude/settings.json',
    );
  });

  it('names the projects that tried to redirect it, until that is acknowledged', async () => {
    writeSettings({ hooks: ourHooks() });
    countAttempt(sample.paths.tried, 'h', { CLAUDE_PROJECT_DIR: '/its project' });
    const { out } = await status();
    expect(out).toMatch(/^Project {5}PATTERN_TRACKER_HOME was set .*: \/its project, 1 hook, /m);
    expect(out).toContain('`pattern-tracker status --acknowledge` ends this notice.');
    expect(JSON.parse((await status('--json')).out)).toMatchObject({
      attempts: [{ project: '/its project', redirected: 1, switched_off: 0, is_gone: true }],
      spool: { dropped: { unwritable: 0, spool_full: 0 } },
    });
    expect((await run(sample, 'health')).out).toMatch(/^degraded[^]*not obeyed: \/its project/);
    expect((await run(sample, '')).out).toMatch(/^Attention .*not obeyed: \/its project/m);
    expect(JSON.parse((await status('--acknowledge --json')).out)).toMatchObject({ attempts: [] });
  });

  it('names line and column of broken settings', async () => {
    writeSettings('{\n  "hooks": {,}\n}');
    expect((await status()).out).toContain('~/.claude/settings.json:2:13:');
  });
});

describe('the courier', () => {
  it('is alive', async () => {
    writeCourier({ status: 'idle' }, process.pid);
    expect((await status()).out).toContain(`Courier     idle, pid ${process.pid}\n`);
  });

  it('is degraded, for a reason that can be mended', async () => {
    writeCourier(
      { status: 'degraded', reason: 'the disk is full', hint: 'Make room.' },
      process.pid,
    );
    expect((await status()).out).toContain(
      `Courier     degraded, pid ${process.pid}\n            the disk is full\n            Make room.\n`,
    );
  });

  it('is not running when its process is gone, whatever it said last', async () => {
    writeCourier({ status: 'working', updatedAt: NOW - HOUR }, 2 ** 30);
    expect((await status()).out).toContain('Courier     not running, left 1 h ago\n');
  });

  it('is starting while the words are those of another', async () => {
    writeCourier({ status: 'stopped' }, 2 ** 30);
    writeHint(sample.paths.courierHint, hintText(process.pid));
    expect((await status()).out).toContain(`Courier     starting, pid ${process.pid}\n`);
  });
});

describe('the spool', () => {
  it('shows what waits, what was dropped and what was set aside', async () => {
    sample.makeSpool();
    const waiting = join(sample.paths.spoolNew, 'a.settings');
    writeFileSync(waiting, '{}');
    utimesSync(waiting, new Date(NOW - 3 * MINUTE), new Date(NOW - 3 * MINUTE));
    writeFileSync(join(sample.paths.spoolBad, 'b.settings.not-json'), 'x');
    writeFileSync(sample.paths.spoolFull, '');
    writeFileSync(sample.paths.drops, '\nwwf\nw');
    writeFileSync(join(sample.paths.spoolNew, 'c.w'), ''); // a drop that found no room in the file
    expect((await status()).out.replaceAll(/^(?!Spool|Drop|Set|  +full).*\n/gm, ''))
      .toMatchInlineSnapshot(`
      "Spool       1 waiting, the oldest from 3 min ago
                  full: events are dropped until the courier has caught up
      Dropped     4 events that could not be written
      Dropped     1 event while the spool was full
      Set aside   1 file that could not be ingested, in ~/.claude/hooks/pattern-tracker/data/spool/bad
      "
    `);
    const { spool } = JSON.parse((await status('--json')).out) as { spool: unknown };
    expect(spool).toEqual({
      waiting: 1,
      oldest_at: '2026-11-24T11:57:00.000Z',
      is_full: true,
      quarantined: 1,
      dropped: { unwritable: 4, spool_full: 1 },
      counts_drops: true,
    });
  });
});

describe('the quarantine', () => {
  it('is told from what it has lost for good, until that is acknowledged', async () => {
    expect(JSON.parse((await status('--json')).out)).toMatchObject({ evicted: null });
    noteEvicted(sample.database, 2, NOW - 3 * HOUR);
    noteEvicted(sample.database, 1, NOW - HOUR);
    const lost =
      'Lost        3 files that could not be ingested, removed or cut for good, the last 1 h ago';
    expect((await status()).out).toContain(lost);
    const at = new Date(NOW - HOUR).toISOString();
    expect(JSON.parse((await status('--json')).out)).toMatchObject({ evicted: { files: 3, at } });
    expect((await run(sample, '')).out).toContain('The quarantine lost 3 files');
    expect((await status('--acknowledge')).out).not.toContain('Lost');
    expect((await run(sample, '')).out).not.toContain('The quarantine lost');
  });
});

describe('the database', () => {
  it('that was set aside is shown until it is acknowledged', async () => {
    const moved = { path: '/data/tracker.db.corrupt-1', at: NOW - HOUR, reason: 'malformed' };
    sample.database
      .prepare("INSERT INTO meta VALUES ('corrupt_moved_to', ?)")
      .run(JSON.stringify(moved));
    const notice = 'was found corrupt 1 h ago and set aside as /data/tracker.db.corrupt-1';
    expect((await status()).out).toContain(notice);
    expect((await status()).out).toContain(notice);
    expect((await status('--acknowledge')).out).not.toContain('corrupt');
    expect((await status()).out).not.toContain('corrupt');
  });

  it('is not made by --acknowledge', async () => {
    expect((await status('--acknowledge')).exitCode).toBe(0);
    expect(JSON.parse((await status('--json')).out)).toMatchObject({ database: { bytes: null } });
  });

  it('that can not be read makes exit code 1, and hides nothing else', async () => {
    mkdirSync(sample.paths.data, { recursive: true });
    writeFileSync(
      sample.paths.database,
      'this is no database, but it is long enough to look at'.repeat(20),
    );
    const { exitCode, out } = await status();
    expect(exitCode).toBe(1);
    expect(out).toContain('Database    ~/.claude/hooks/pattern-tracker/data/tracker.db: ');
    expect(out).toContain('Spool       0 waiting');
  });
});

it('shows what is wrong with the configuration', async () => {
  mkdirSync(dirname(sample.paths.configFile), { recursive: true });
  writeFileSync(sample.paths.configFile, 'spool:\n  max_files: many\n');
  expect((await status()).out).toMatch(/^Config .*config\.yaml.*max_files/m);
});

it('shows what is left out of events', async () => {
  expect((await status()).out).not.toMatch(/^Kept/m);
  mkdirSync(dirname(sample.paths.configFile), { recursive: true });
  writeFileSync(
    sample.paths.configFile,
    'capture:\n  prompts: false\n  projects: [{ path: ~/a, content: none }]\n',
  );
  expect((await status()).out).toMatch(/^Kept +no prompts, 1 rule for projects$/m);
  expect(JSON.parse((await status('--json')).out)).toMatchObject({
    capture: {
      content: 'full',
      prompts: false,
      projects: 1,
      exclude_paths: 0,
      default_exclude_paths: true,
      exclude_tools: 0,
    },
  });
});

it('prints one document of stable keys with --json', async () => {
  fillSample(sample);
  const { exitCode, out } = await status('--json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    recording: { state: 'off' },
    is_installed: true,
    courier: { status: 'stopped', pid: null, config_error: null },
    spool: { waiting: 0, oldest_at: null },
    totals: {
      sessions: 2,
      tool_calls: 3,
      patterns: 4,
      events: 0,
      projects: 2,
      last_event_at: '2026-11-24T11:59:00.000Z',
    },
    counters: {},
    database: { error: null, set_aside: null },
    config: { error: null },
  });
});

it('says why the database is larger than its bound', async () => {
  fillSample(sample);
  mkdirSync(dirname(sample.paths.configFile), { recursive: true });
  writeFileSync(sample.paths.configFile, 'retention: { max_database_bytes: 1048576 }\n');
  const sizeFault = async () =>
    (JSON.parse((await status('--json')).out) as { database: { size_fault: string | null } })
      .database.size_fault;
  expect(await sizeFault()).toBe(null);
  const change = (sql: string) => {
    const database = openDatabase(sample.paths.database);
    database.exec(sql);
    database.close();
  };
  change("UPDATE patterns SET code = printf('%02000000d', 0)");
  expect(await sizeFault()).toMatch(
    /^[\d.]+ MB are in use, more than .*: the courier removes the oldest payloads and patterns/,
  );
  change("DELETE FROM patterns; UPDATE tool_calls SET summary = printf('%02000000d', 0)");
  expect((await status()).out).toMatch(
    /\nSize {8}.*payloads and patterns are all removed, .*: 2 sessions, 3 tool calls, 0 outbox rows\n/,
  );
});

interface Delivery {
  readonly base_url: string | null;
  readonly sinks: readonly object[];
}

describe('the delivery side', () => {
  beforeEach(() => {
    mkdirSync(dirname(sample.paths.configFile), { recursive: true });
    writeFileSync(
      sample.paths.configFile,
      `api: { base_url: 'http://127.0.0.1:9', token: ${TOKEN} }\n`,
    );
  });

  const lines = async (overrides = {}) =>
    (await status('', overrides)).out.replace(/^[^]*?(?=^Server)/m, '');

  it('shows the server, and that nothing was delivered yet', async () => {
    expect(await lines()).toMatchInlineSnapshot(`
      "Server      http://127.0.0.1:9
      Delivered   0 events
      Log         ~/.claude/hooks/pattern-tracker/data/logs/tracker.log
      "
    `);
  });

  it('shows what waits since when, what was refused, and the last error', async () => {
    fillOutbox(sample);
    const { metrics, state } = deliveryOf(sample);
    metrics.add('delivered', 7);
    state.noteDelivered(NOW - 2 * HOUR);
    state.noteError('it answered 503', NOW - MINUTE);
    expect(await lines()).toMatchInlineSnapshot(`
      "Server      http://127.0.0.1:9
      Delivered   7 events, the last 2 h ago
      Outbox      2 events waiting, the oldest from 59 min ago
                  it answered 503
      Refused     1 event by the server
                  See \`pattern-tracker outbox list --dead\`.
      Log         ~/.claude/hooks/pattern-tracker/data/logs/tracker.log
      "
    `);
  });

  it('hides an error that is over', async () => {
    queue(sample, 1);
    const { state } = deliveryOf(sample);
    state.noteError('it answered 503', NOW - MINUTE);
    expect(await lines()).toContain('it answered 503');
    state.noteDelivered(NOW);
    expect(await lines()).not.toContain('it answered 503');
  });

  it('shows a circuit that is not closed, and why', async () => {
    queue(sample, 1);
    deliveryOf(sample).breaker.trip('drill');
    const out = await lines();
    expect(out).toContain('Circuit     open: drill\n');
    expect(out).not.toContain('next attempt');
    deliveryOf(sample).breaker.reset();
    expect(await lines()).not.toContain('Circuit');
  });

  it('waits as long as the server asked for', async () => {
    queue(sample, 1);
    deliveryOf(sample).state.pause(NOW + 5 * MINUTE);
    expect(await lines()).toContain('next attempt in 5 min');
  });

  it('says when the next attempt is, where none is due', async () => {
    fillOutbox(sample);
    sample.database.exec("DELETE FROM outbox WHERE event_id = 'event-1'");
    expect(await lines()).toContain('next attempt in 2 min');
    // Behind it in its lineage nothing is due either.
    queue(sample, 1);
    sample.database.exec("UPDATE outbox SET lineage_id = 'p2'");
    expect(await lines()).toContain('2 events waiting, ');
    expect(await lines()).toContain('next attempt in 2 min');
  });

  it('shows what still waits although no server is configured any more', async () => {
    queue(sample, 2);
    writeFileSync(sample.paths.configFile, '');
    expect(await lines()).toMatchInlineSnapshot(`
      "Server      none is configured; everything stays on this machine
      Delivered   0 events
      Outbox      2 events waiting, the oldest from 59 min ago
      Log         ~/.claude/hooks/pattern-tracker/data/logs/tracker.log
      "
    `);
  });

  it('tells programs of the server what is known, also where only the collector is in use', async () => {
    const { metrics, state } = deliveryOf(sample);
    metrics.add('delivered', 7);
    state.noteDelivered(NOW - HOUR);
    writeFileSync(sample.paths.configFile, "otlp: { endpoint: 'http://127.0.0.1:9' }\n");
    const { delivery } = JSON.parse((await status('--json')).out) as { delivery: Delivery };
    expect(delivery).toMatchObject({
      base_url: null,
      delivered: 7,
      last_delivered_at: new Date(NOW - HOUR).toISOString(),
      sinks: [{ sink: 'otlp', delivered: 0 }],
    });
  });

  it('prints for programs the keys that it promises', async () => {
    fillOutbox(sample);
    const { metrics, state, breaker } = deliveryOf(sample);
    metrics.add('delivered', 7);
    state.noteDelivered(NOW - HOUR);
    state.noteError('it answered 503', NOW - MINUTE);
    const shown = async () => {
      const { delivery } = JSON.parse((await status('--json')).out) as { delivery: Delivery };
      const { sinks, ...server } = delivery;
      const { base_url: address, ...numbers } = server;
      expect(sinks).toEqual([{ sink: 'http', address, ...numbers }]);
      return server;
    };
    const expected = {
      base_url: 'http://127.0.0.1:9',
      waiting: 2,
      oldest_at: '2026-11-24T11:01:00.000Z',
      dead: 1,
      delivered: 7,
      last_delivered_at: '2026-11-24T11:00:00.000Z',
      next_attempt_at: null, // one is due at once
      breaker: 'closed',
      breaker_reason: null,
      last_error: 'it answered 503',
      last_error_at: '2026-11-24T11:59:00.000Z',
      access_fault: null,
      queued_for: null,
      elsewhere: [],
    };
    expect(await shown()).toEqual(expected);
    breaker.trip('drill');
    expect(await shown()).toEqual({
      ...expected,
      next_attempt_at: null,
      breaker: 'open',
      breaker_reason: 'drill',
    });
  });

  it('prints no token', async () => {
    fillOutbox(sample);
    for (const argv of ['', '--json']) expect((await status(argv)).out).not.toContain(TOKEN);
  });
});

describe('what transcripts prove', () => {
  const prove = (session: string, at: number, tracked: number, reasons = '{}') =>
    sample.database
      .prepare('INSERT INTO transcript_proofs VALUES (?, ?, 9, 1, 0, 20, 10, ?, 0, 0, 0, 0, ?)')
      .run(session, at, tracked, reasons);
  beforeEach(() => {
    fillSample(sample);
    sample.event('event', 's1', 'Stop');
  });

  it('is whole, also where calls are not to be kept', async () => {
    prove('s1', NOW - HOUR, 10);
    prove('s2', NOW - 2 * HOUR, 8, '{"left_out": 2}');
    const { out } = await status();
    expect(out).toContain('18 of 20 calls of 2 sessions, 1 h ago');
    expect(out).not.toMatch(/not whole|outdated/);
  });

  it('is not whole while calls are missing, and outdated after a repair', async () => {
    prove('s1', NOW - HOUR, 10);
    prove('s2', NOW - HOUR, 7);
    prove('s3', 0, 10);
    const { out } = await status();
    expect(out).toContain('17 of 20 calls of 2 sessions, 1 h ago');
    expect(out).toContain('not whole: it misses 3 calls of 1 session');
    expect(out).toContain('outdated for 1 session since a repair or restore');
    expect(JSON.parse((await status('--json')).out)).toMatchObject({
      proof: { missing: 3, incomplete_sessions: 1, outdated_sessions: 1 },
    });
  });

  it('is nothing but outdated while no session was compared again', async () => {
    prove('s3', 0, 10);
    expect((await status()).out).toMatch(/Proof +outdated for 1 session/);
  });
});
