import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FaultyApi } from '../support/faulty-api.ts';
import { payload, TrackerHome } from './tracker-home.ts';

const QUICK_EXIT = 'courier: { idle_exit_seconds: 0.3 }\n';

let home: TrackerHome;
beforeEach(() => (home = new TrackerHome(QUICK_EXIT)));
afterEach(async () => home.remove());

const write = (n: number) =>
  payload({
    hook_event_name: 'PostToolUse',
    tool_name: 'Write',
    tool_input: { file_path: '/home/dev/project/a.ts', content: `export const secretly = ${n};` },
    tool_response: { type: 'create' },
    tool_use_id: `toolu_${n}`,
  });

interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly error?: string;
}

function log(): LogLine[] {
  const { logFile } = home.paths;
  if (!existsSync(logFile)) return [];
  return readFileSync(logFile, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LogLine);
}

const told = () => log().map(({ level, msg }) => `${level}: ${msg}`);

it('writes to the log when it starts and stops, and nothing of what it takes in', async () => {
  home.spool('1.settings', write(1));
  expect(await home.runCourier()).toBe(0);
  expect(told()).toEqual([
    'info: Configuration taken up',
    'info: Courier started',
    'info: Courier stopped',
  ]);
  expect(readFileSync(home.paths.logFile, 'utf8')).not.toMatch(/secretly|a\.ts/);
});

it('writes to the log that a file is broken, and that a mended one is taken up', async () => {
  home.configure('courier: { idle_exit_seconds: 30 }\n');
  home.capture(write(1));
  await home.settled();
  home.configure('courier: { idle_exit_seconds: soon }\n');
  home.capture(write(2)); // it looks at its files when it wakes
  await expect.poll(told).toContain('warn: The configuration is broken');
  expect(log().at(-1)?.error).toMatch(
    /config\.yaml:1:12: courier\.idle_exit_seconds must be a number, not "soon"$/,
  );
  home.configure(QUICK_EXIT);
  home.capture(write(3));
  await expect.poll(told).toContain('info: Courier stopped');
  expect(told().slice(2)).toEqual([
    'warn: The configuration is broken',
    'info: Configuration taken up',
    'info: Courier stopped',
  ]);
});

it('follows the level that the configuration says, while it runs', async () => {
  home.configure('courier: { idle_exit_seconds: 30 }\nlogging: { level: silent }\n');
  home.capture(write(1));
  await home.settled();
  await expect.poll(() => home.courierState?.status).toBe('idle');
  expect(existsSync(home.paths.logs)).toBe(false);
  home.configure(`${QUICK_EXIT}logging: { level: info }\n`);
  home.capture(write(2));
  await expect.poll(told).toEqual(['info: Configuration taken up', 'info: Courier stopped']);
});

it('takes from its environment neither where to send, nor a token, nor anything else', async () => {
  const server = await new FaultyApi().up();
  try {
    home.spool('1.settings', write(1));
    const env = {
      ...home.env,
      INTELLIGENCE_SERVICE_URL: server.url,
      PATTERN_TRACKER_TOKEN: 'from-a-project',
      PATTERN_TRACKER_LOG_LEVEL: 'silent',
      PATTERN_TRACKING_TIMEOUT: 'soon',
    };
    expect(await home.runCourier(env)).toBe(0);
    expect(home.value('SELECT count(*) FROM patterns')).toBe(1);
    expect(home.value('SELECT count(*) FROM outbox')).toBe(0);
    expect([server.events.size, home.courierState?.configError]).toEqual([0, null]);
    expect(told()).toHaveLength(3);
  } finally {
    await server.down();
  }
});
