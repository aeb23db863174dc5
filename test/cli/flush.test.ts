import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../lib/store/database/database.ts';
import { Outbox } from '../../lib/delivery/store/outbox.ts';
import { acquireProcessLock } from '../../lib/store/database/process-lock.ts';
import { TrackerHome } from '../processes/tracker-home.ts';
import { FaultyApi } from '../support/faulty-api.ts';
import { OtlpCollector } from '../support/otlp-collector.ts';

let home: TrackerHome;
let server: FaultyApi;

beforeEach(async () => {
  server = await new FaultyApi().up();
  home = new TrackerHome(
    `api: { base_url: '${server.url}' }\npattern_tracking: { batch_size: 10 }\n`,
  );
});
afterEach(async () => {
  await home.remove();
  await server.down();
});

/** Puts `count` events into the outbox, of the session `session-N` by turns. */
function queue(count: number, sessions = 1): void {
  mkdirSync(home.paths.data, { recursive: true });
  const database = openDatabase(home.paths.database);
  const outbox = new Outbox(database, 'http');
  database.transaction(() => {
    for (let n = 0; n < count; n++) {
      const id = `event-${n}`;
      const body = {
        event_id: id,
        event_type: 'pattern_created',
        pattern_id: `p${n}`,
        parent_pattern_ids: [],
      };
      outbox.add(
        {
          eventId: id,
          eventType: 'pattern_created',
          sessionId: `session-${n % sessions}`,
          patternId: `p${n}`,
          lineageId: `p${n}`,
          body: JSON.stringify(body),
        },
        Date.now(),
      );
    }
  })();
  database.close();
}

/** Puts a tool call into the outbox of the collector. */
function queueCall(): void {
  const database = openDatabase(home.paths.database);
  const body = { session_id: 's', tool_use_id: 'toolu_1', outcome: 'ok', ended_at: Date.now() };
  new Outbox(database, 'otlp').add(
    {
      eventId: 'call-1',
      eventType: 'tool_call',
      sessionId: 's',
      patternId: '',
      lineageId: 'call-1',
      body: JSON.stringify(body),
    },
    Date.now(),
  );
  database.close();
}

/** A call that writes a file, as a hook is told of it. */
const WRITE = {
  session_id: 's',
  hook_event_name: 'PostToolUse',
  tool_name: 'Write',
  tool_input: { file_path: '/p/a.ts', content: 'export const a = 1;' },
  tool_response: { type: 'create' },
  tool_use_id: 'toolu_1',
};

interface Flush {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface RunningFlush extends Promise<Flush> {
  readonly interrupt: () => void;
  /** What it has printed on standard error so far. */
  readonly said: () => string;
}

function flush(...args: string[]): RunningFlush {
  const child = spawn(process.execPath, [resolve('dist/cli.cjs'), 'flush', ...args], {
    env: { ...home.env, PATTERN_TRACKER_HOME: home.paths.home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (text.out += String(chunk)));
  child.stderr.on('data', (chunk) => (text.err += String(chunk)));
  const ended = new Promise<Flush>((done) => child.on('close', (code) => done({ code, ...text })));
  return Object.assign(ended, {
    interrupt: () => void child.kill('SIGINT'),
    said: () => text.err,
  });
}

const waiting = () => home.value('SELECT count(*) FROM outbox WHERE dead_at IS NULL');

describe('pattern-tracker flush', () => {
  it('sends all that waits, and says how much that was', async () => {
    queue(25);
    const { code, out, err } = await flush();
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^Delivered 25 events in \d+\.\d s, .* a second\.\nNothing is left\.\n$/);
    expect([server.events.size, waiting()]).toEqual([25, 0]);
  });

  it('says for programs what came of it', async () => {
    queue(3);
    const { code, out } = await flush('--json');
    expect(code).toBe(0);
    const { sinks, ...sums } = JSON.parse(out) as Record<string, unknown>;
    expect(sums).toEqual({
      delivered: 3,
      dead: 0,
      failed: 0,
      left: 0,
      end: 'empty',
      last_error: null,
      duration_ms: expect.any(Number) as number,
    });
    expect(sinks).toEqual([{ sink: 'http', ...sums }]);
  });

  it('sends nothing in a dry run', async () => {
    queue(3);
    const { code, out } = await flush('--dry-run');
    expect(code).toBe(0);
    expect(out).toMatch(/^Would send 3 events \(.*\) to http:\/\/127/);
    expect([server.requests.length, waiting()]).toEqual([0, 3]);
  });

  it('changes nothing in a dry run, not even an old schema', async () => {
    queue(1);
    const database = openDatabase(home.paths.database);
    database.pragma('user_version = 2');
    database.close();
    const before = readFileSync(home.paths.database);
    const { code, err } = await flush('--dry-run');
    expect([code, err]).toEqual([1, expect.stringContaining('has schema 2')]);
    expect(readFileSync(home.paths.database).equals(before)).toBe(true);
  });

  it('says in a dry run what it would send of one session, and within its limit', async () => {
    queue(10, 2);
    const told = async (...args: string[]) => {
      const { out } = await flush('--dry-run', '--json', ...args);
      return (JSON.parse(out) as { would_send: number }).would_send;
    };
    expect(await told('--session', 'session-1')).toBe(5);
    expect(await told('--limit', '3')).toBe(3);
    expect(await told('--session', 'session-1', '--limit', '3')).toBe(3);
    expect(await told('--limit', '20')).toBe(10);
    expect(await told('--session', 'session-9')).toBe(0);
  });

  it('says in a dry run that nothing waits where nothing was recorded', async () => {
    const { code, out } = await flush('--dry-run', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ would_send: 0, dead: 0, base_url: server.url });
  });

  it('sends no more than its limit, and ends with 1 when something is left then', async () => {
    queue(25);
    expect(await flush('--limit', '12')).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^Delivered 12 events .*\n13 events left\.\n$/) as string,
    });
    expect([server.events.size, waiting()]).toEqual([12, 13]);
    expect(await flush('--limit', '13')).toMatchObject({ code: 0 });
  });

  it('sends nothing while tracking is switched off, but for --force', async () => {
    home.configure(`api: { base_url: '${server.url}' }\npattern_tracking: { enabled: false }\n`);
    queue(3);
    for (const args of [[], ['--dry-run']]) {
      const { code, out, err } = await flush(...args);
      expect([code, out]).toEqual([3, '']);
      expect(err).toMatch(/^error: tracking is switched off: .*enabled is false.*\n {2}.*--force/);
    }
    expect([server.requests.length, waiting()]).toEqual([0, 3]);
    expect(await flush('--force')).toMatchObject({ code: 0 });
    expect([server.events.size, waiting()]).toEqual([3, 0]);
  });

  it('ends with 2 where the token file is not there, and says so', async () => {
    home.configure(`api: { base_url: '${server.url}', token_file: /gone/token }\n`);
    queue(3);
    const { code, err } = await flush();
    expect(code).toBe(2);
    expect(err).toMatch(
      /^error: \/gone\/token: ENOENT.*\n {2}The configuration names it as token_file/,
    );
    expect(waiting()).toBe(3);
  });

  it('ends with 3 where the configuration is broken', async () => {
    home.configure('api: { base_url: nowhere }\n');
    expect(await flush()).toMatchObject({ code: 3, out: '' });
  });

  it('takes no empty session for all of them', async () => {
    queue(3);
    expect(await flush('--session', '')).toMatchObject({ code: 3, out: '' });
    expect(await flush('--session=', '--dry-run')).toMatchObject({ code: 3, out: '' });
    expect(waiting()).toBe(3);
  });

  it('lets no word of the server steer the terminal', async () => {
    queue(1);
    server.behaviour = {
      kind: 'fail',
      fails: () => true,
      error: '\u001b[2Jgone\n\u001b]0;title\u0007no',
    };
    const { out } = await flush();
    expect(out).toMatch(/^Last error: .*gone no/m);
    expect(out).not.toContain('\u001b');
  });

  it('names the database where that can not be opened, and says what helps', async () => {
    mkdirSync(home.paths.database, { recursive: true });
    const { code, err } = await flush();
    expect(code).toBe(1);
    expect(err).toMatch(
      /^error: .*tracker\.db: unable to open.*\n {2}Make the file and its folder/,
    );
  });

  it('sends what one session wrote', async () => {
    queue(10, 2);
    expect(await flush('--session', 'session-1')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/\nNothing is left\.\n$/) as string,
    });
    expect([...server.events.keys()]).toEqual([
      'event-1',
      'event-3',
      'event-5',
      'event-7',
      'event-9',
    ]);
  });

  it('ends with 2 when the server can not be reached, and keeps everything', async () => {
    queue(100);
    await server.down();
    const { code, out } = await flush();
    expect(code).toBe(2);
    expect(out).toMatch(/Last error: 127\.0\.0\.1:\d+ refuses connections/);
    expect(out).toMatch(/The circuit is open/);
    expect(waiting()).toBe(100);
  });

  it('leaves a server alone whose circuit is open, but for --force', async () => {
    queue(100);
    await server.down();
    await flush();
    await server.up();
    expect(await flush()).toMatchObject({ code: 2 });
    expect(server.requests).toEqual([]);
    expect(await flush('--force')).toMatchObject({ code: 0 });
    expect([server.events.size, waiting()]).toEqual([100, 0]);
  });

  it('ends with 1 when something was refused, and sends it again with --dead', async () => {
    queue(5);
    server.behaviour = { kind: 'refuse', refuses: ({ event_id: id }) => id === 'event-2' };
    const refused = await flush();
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(
      /The server refused 1 event: see `pattern-tracker outbox list --dead`/,
    );
    server.behaviour = { kind: 'well' };
    expect(await flush('--dead')).toMatchObject({ code: 0 });
    expect(server.events.size).toBe(5);
  });

  it('ends with 3 for a command line that makes no sense, and without a server', async () => {
    expect(await flush('--limit', 'many')).toMatchObject({ code: 3 });
    expect(await flush('--no-such')).toMatchObject({ code: 3 });
    home.configure('');
    const { code, err } = await flush();
    expect(code).toBe(3);
    expect(err).toMatch(
      /no server and no collector is configured\n {2}Set api\.base_url or otlp\.endpoint in .*config\.yaml/,
    );
  });

  it('takes the server from the environment of the person who runs it', async () => {
    home.configure('');
    home.env['INTELLIGENCE_SERVICE_URL'] = server.url;
    queue(2);
    expect(await flush()).toMatchObject({ code: 0 });
    expect(server.events.size).toBe(2);
  });

  it('waits until the one that is delivering is done', async () => {
    queue(5);
    const lock = acquireProcessLock(home.paths.deliveryLock, 0);
    const running = flush();
    await expect.poll(running.said).toMatch(/A courier is delivering/);
    expect(server.requests).toEqual([]);
    lock?.release();
    expect(await running).toMatchObject({ code: 0 });
    expect(server.events.size).toBe(5);
  });

  it('loses nothing when it is interrupted', async () => {
    queue(200);
    server.behaviour = { kind: 'late', ms: 100 };
    const running = flush();
    await expect.poll(() => server.requests.length).toBeGreaterThan(1);
    running.interrupt();
    const { code, out } = await running;
    expect(code).toBe(1);
    expect(out).toMatch(/Interrupted\. Nothing is lost\./);
    server.behaviour = { kind: 'well' };
    expect(await flush()).toMatchObject({ code: 0 });
    expect(server.events.size).toBe(200);
  });

  it('has a courier take in first what waits in the spool', async () => {
    home.spool('a.settings', JSON.stringify(WRITE));
    expect(await flush()).toMatchObject({ code: 0 });
    expect(server.events.size).toBe(1);
  });

  it('has the program for a collector in it, too', async () => {
    const collector = await new OtlpCollector().up();
    home.configure(`api: { base_url: '${server.url}' }\notlp: { endpoint: '${collector.url}' }\n`);
    queue(1);
    queueCall();
    expect(await flush()).toMatchObject({ code: 0, err: '' });
    expect([server.events.size, collector.spans.length, collector.logs.length]).toEqual([1, 1, 1]);
    await collector.down();
  });

  it('says that there is nothing where nothing was recorded', async () => {
    rmSync(home.paths.data, { recursive: true, force: true });
    expect(await flush()).toMatchObject({ code: 0, err: '' });
  });
});
