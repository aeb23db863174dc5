import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Sqlite } from '../../../lib/store/database/sqlite.ts';
import { until } from '../../../test/support/until.ts';
import type { FaultKind } from '../fault-kind.ts';
import type { FaultTrial } from '../fault-trial.ts';

/** Kills of the commands that work on what was recorded, and of those that install. */
export const KILLED_COMMANDS: readonly FaultKind[] = [
  {
    name: 'kill -9 of backup',
    times: [3, 40],
    run: async (trial, times) => {
      await record(trial, 150);
      for (let n = 0; n < times; n++) await trial.killWithin(trial.startCommand('backup'), 400);
      const { status, stdout } = await trial.command('backup', '--json');
      if (status !== 0) return trial.problem(`backup ended with ${status}`);
      const { path } = JSON.parse(stdout) as { path: string };
      for (const name of readdirSync(join(path, '..'))) {
        if (!name.endsWith('.db')) continue;
        const check = await trial.command('verify', join(path, '..', name));
        if (check.status !== 0)
          trial.problem(`what looks like a backup is not sound: ${check.stdout}`);
      }
    },
  },
  {
    name: 'kill -9 of restore',
    times: [3, 40],
    config: 'courier: { idle_exit_seconds: 20 }\n',
    run: async (trial, times) => {
      await record(trial, 150);
      const copy = join(trial.home.folder, 'copy.db');
      await trial.command('backup', copy);
      for (let n = 0; n < times; n++) {
        await trial.killWithin(trial.startCommand('restore', copy, '--yes'), 600);
        await trial.offer();
        await until(() => trial.home.waiting.length === 0, 'it is taken');
        rmSync(copy);
        await trial.command('backup', copy);
      }
      const last = await trial.command('restore', copy, '--yes');
      if (last.status !== 0) trial.problem(`restore ended with ${last.status}: ${last.stderr}`);
    },
  },
  {
    name: 'kill -9 of repair',
    times: [3, 40],
    run: async (trial, times) => {
      await record(trial, 150);
      for (let n = 0; n < times; n++) {
        scribblePointerMap(trial.home.paths.database);
        await trial.killWithin(trial.startCommand('repair', '--yes'), 700);
        await trial.offer();
      }
      const last = await trial.command('repair', '--yes');
      if (last.status !== 0) trial.problem(`repair ended with ${last.status}: ${last.stderr}`);
    },
  },
  {
    name: 'kill -9 of import',
    times: [3, 40],
    run: async (trial, times) => {
      for (let n = 0; n < times; n++) {
        trial.transcribe(100);
        await trial.killWithin(trial.startCommand('import'), 1_200);
        await trial.offer();
      }
      const last = await trial.command('import', '--json');
      if (last.status !== 0) trial.problem(`import ended with ${last.status}: ${last.stderr}`);
    },
  },
  {
    name: 'kill -9 of install',
    times: [3, 40],
    run: async (trial, times) => {
      const before = '{ "model": "opus", "hooks": {} }';
      writeSettings(trial, before);
      for (let n = 0; n < times; n++) {
        await trial.killWithin(install(trial), 900);
        const hook = registeredHook(trial);
        if (hook) await trial.offer(1, hook);
      }
      await ended(trial, install(trial), 'install');
      await trial.offer(2, registeredHook(trial) ?? ['false']);
    },
  },
  {
    name: 'kill -9 of uninstall',
    times: [3, 40],
    run: async (trial, times) => {
      const before = '{ "model": "opus" }';
      writeSettings(trial, before);
      let hook: readonly string[] = ['false'];
      for (let n = 0; n < times; n++) {
        if (n % 4 === 0) {
          await ended(trial, install(trial), 'install');
          hook = registeredHook(trial) ?? hook;
          await trial.offer(1, hook);
          await until(() => trial.home.waiting.length === 0, 'it is taken');
        }
        await trial.killWithin(installed(trial, 'uninstall'), 500);
        // As a session that was running goes on to do: it must be silent, whether it still records or not.
        const { child, ended: done, number } = trial.startHook(hook);
        child.stdin?.end(trial.payload(number).replace('PostToolUse', 'Notification'));
        await done;
        trial.forget(number);
      }
      await ended(trial, install(trial), 'install');
      await trial.offer(1, registeredHook(trial) ?? ['false']);
    },
  },
];

// --- internal ---

async function record(trial: FaultTrial, count: number): Promise<void> {
  trial.spool(count);
  trial.startCourier();
  await until(() => trial.home.value('SELECT count(*) FROM events') === count, 'it is recorded');
  await until(() => trial.couriers().length === 0, 'the courier has left');
}

/** Writes over page 2, which SQL needs only to move pages. */
function scribblePointerMap(path: string): void {
  const database = new Sqlite(path);
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
  const bytes = readFileSync(path);
  bytes.fill(0x55, 4096, 8192);
  writeFileSync(path, bytes, { flag: 'r+' });
}

function settingsFile({ home }: FaultTrial): string {
  return join(home.folder, '.claude', 'settings.json');
}

function writeSettings(trial: FaultTrial, text: string): void {
  writeFileSync(settingsFile(trial), text);
}

/** The hook of PostToolUse in the settings, as Claude Code runs it; undefined where there is none. */
function registeredHook(trial: FaultTrial): readonly string[] | undefined {
  try {
    const { model, hooks } = JSON.parse(readFileSync(settingsFile(trial), 'utf8')) as {
      model?: string;
      hooks?: Record<string, { hooks: { command: string }[] }[]>;
    };
    if (model !== 'opus') trial.problem("the user's own settings are gone");
    const command = hooks?.['PostToolUse']?.[0]?.hooks[0]?.command;
    return command === undefined ? undefined : ['/bin/sh', '-c', command];
  } catch (error) {
    trial.problem(`the settings are damaged: ${String(error)}`);
    return undefined;
  }
}

function install(trial: FaultTrial) {
  const program = resolve('dist/cli.mjs');
  return spawn(process.execPath, [program, 'install', '--no-test', '--no-link'], {
    env: trial.home.env,
    stdio: 'ignore',
  });
}

/** The installed program, or, where a kill has left none, the one that it came from. */
function installed(trial: FaultTrial, command: string) {
  const own = join(trial.home.paths.home, 'dist/cli.mjs');
  const program = existsSync(own) ? own : resolve('dist/cli.mjs');
  return spawn(process.execPath, [program, command], { env: trial.home.env, stdio: 'ignore' });
}

async function ended(
  trial: FaultTrial,
  child: ReturnType<typeof install>,
  what: string,
): Promise<void> {
  const status = await new Promise<number | null>((done) => child.on('close', done));
  if (status !== 0) trial.problem(`${what} ended with ${status}`);
}
