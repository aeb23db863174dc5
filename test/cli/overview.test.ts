import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fillSample, HOUR, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

/** Enters hooks of ours in Claude Code's settings. */
function register(): void {
  const file = join(sample.folder, '.claude', 'settings.json');
  const command = join(sample.paths.home, 'hooks', 'capture.sh');
  mkdirSync(dirname(command), { recursive: true });
  copyFileSync('hooks/capture.sh', command);
  const hook = [{ matcher: '*', hooks: [{ type: 'command', command }] }];
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ hooks: { PreToolUse: hook, PostToolUse: hook } }));
}

async function overview(): Promise<string> {
  const { exitCode, out, err } = await run(sample, '');
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out.split('\n').length).toBeLessThanOrEqual(20);
  return out.replaceAll(sample.folder, '~');
}

describe('the program without a command', () => {
  it('says how to begin before anything is installed', async () => {
    expect(await overview()).toMatchInlineSnapshot(`
      "Recording   off: nothing is installed in ~/.claude/hooks/pattern-tracker
                  Run \`npx claude-pattern-tracker install\`, or ./install.sh in a clone.

      Try
        pattern-tracker install --dry-run  what installing would change
        pattern-tracker install            records every tool call from the next session on
        pattern-tracker capture-test       sends one event through all of it

      All commands: pattern-tracker --help
      "
    `);
  });

  it('says what to check while nothing was recorded', async () => {
    register();
    mkdirSync(sample.paths.data, { recursive: true });
    expect(await overview()).toMatchInlineSnapshot(`
      "Recording   on, by user settings (~/.claude/settings.json)

      Try
        pattern-tracker doctor        checks every link from Claude Code to the database
        pattern-tracker capture-test  sends one event through all of it
        pattern-tracker tail          follows what Claude does, live

      All commands: pattern-tracker --help
      "
    `);
  });

  it('shows today, what was written last, and what to try', async () => {
    register();
    fillSample(sample);
    vi.stubEnv('TZ', 'UTC');
    expect(await overview()).toMatchInlineSnapshot(`
      "Recording   on, by user settings (~/.claude/settings.json)
      Today       2 sessions, 3 tool calls (1 failed), 3 files (+12 -3 lines)

      Last written
      ID                PROJECT  FILE          LANGUAGE    LINES  GEN  SEEN  LAST SEEN  CODE
      ab00000000000000  site     site.css      css             3    1     1  3 min ago  body { color: red }
      7cffffffffffffff  app      src/queue.ts  typescript      3    3     1  1 h ago    export function push() {
      7c1e09ab44d2f310  app      src/queue.ts  typescript      3    2     1  1 h ago    export function push() {
      19aa52c0de77b841  app      src/queue.ts  typescript      3    1     2  2 h ago    export function push() {

      Try
        pattern-tracker show 7cffffff --diff         what this version changed
        pattern-tracker tool-calls --outcome failed  what went wrong, and why
        pattern-tracker tail                         follows what Claude does, live

      All commands: pattern-tracker --help
      "
    `);
    vi.unstubAllEnvs();
  });

  it('counts today from midnight where the user lives', async () => {
    sample.session('late', { last_event_at: NOW - 11 * HOUR });
    sample.toolCall('late', 'toolu_1', { at: NOW - 11 * HOUR });
    const sessions = async () => {
      const { out } = await run(sample, '--json');
      const { today } = JSON.parse(out) as { today: { since: string; sessions: number } };
      return [today.since, today.sessions];
    };
    try {
      vi.stubEnv('TZ', 'UTC');
      expect(await sessions()).toEqual(['2026-11-24T00:00:00.000Z', 1]);
      vi.stubEnv('TZ', 'America/New_York'); // 07:00 there, so that midnight was 7 hours ago
      expect(await sessions()).toEqual(['2026-11-24T05:00:00.000Z', 0]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('leads to doctor when the database cannot be read', async () => {
    mkdirSync(sample.paths.data, { recursive: true });
    writeFileSync(sample.paths.database, 'this is no database, however long one looks at it');
    const out = await overview();
    expect(out).toMatch(/^Database {4}\S.*tracker\.db/m);
    expect(out).toContain('pattern-tracker doctor');
  });

  it('names what needs a look', async () => {
    register();
    fillSample(sample);
    writeFileSync(sample.paths.drops, 'ww\n');
    const out = await overview();
    expect(out).toMatch(/^Attention {3}Events were dropped: 2; .*doctor/m);
    expect(out).toMatch(/ {2}pattern-tracker doctor +checks/);
  });

  it('says what is left out of events', async () => {
    register();
    expect(await overview()).not.toContain('Kept');
    mkdirSync(dirname(sample.paths.configFile), { recursive: true });
    writeFileSync(sample.paths.configFile, 'capture: { content: metadata }\n');
    expect(await overview()).toMatch(/^Kept +no texts$/m);
    const { out } = await run(sample, '--json');
    expect(JSON.parse(out)).toMatchObject({ kept: 'no texts' });
  });

  it('names what keeps the courier from storing events', async () => {
    register();
    fillSample(sample);
    const state = {
      pid: 1,
      status: 'degraded',
      reason: 'disk full',
      version: '1.0.0',
      updated_at: NOW,
    };
    writeFileSync(sample.paths.courierState, JSON.stringify(state));
    const out = await overview();
    expect(out).toMatch(/^Courier {5}.*disk full$/m);
    expect(out).toContain('pattern-tracker doctor');
  });

  it('prints all of it with --json', async () => {
    fillSample(sample);
    const { exitCode, out } = await run(sample, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      recording: { state: 'off' },
      is_installed: true,
      courier: { status: 'stopped', reason: null },
      today: { sessions: 2, tool_calls: 3, failed_tool_calls: 1, files: 3, lines_added: 12 },
      patterns: [{ id: 'ab00000000000000', file_path: '/w/site/site.css' }, {}, {}, {}],
      database_error: null,
      try: [{ command: 'pattern-tracker show 7cffffff --diff' }, {}, {}],
    });
    expect(await run(sample, '--json --all')).toMatchObject({ exitCode: 2 });
  });
});
