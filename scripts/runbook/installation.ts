import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse, parseDocument } from 'yaml';
import { TrackerError } from '../../lib/base/errors.ts';
import type { JsonObject } from '../../lib/base/json.ts';
import { trackerPaths } from '../../lib/base/paths.ts';
import type { TrackerPaths } from '../../lib/base/paths.ts';
import { courierLives } from '../../lib/capture/courier-hint.ts';
import { servingPid } from '../../lib/cli/recovery/served-service.ts';
import { callHook } from '../../lib/cli/trial/hook-call.ts';
import { leaves } from '../../lib/config/config.ts';
import { openDatabaseForReading } from '../../lib/store/database/database.ts';
import { endProcessesNaming, isAlive } from '../../test/processes/tracker-home.ts';
import { until } from '../../test/support/until.ts';

/** What lines of sh printed, and how the last one ended. */
export interface ShellRun {
  readonly exitCode: number;
  /** Standard output and standard error, as they came. */
  readonly printed: string;
}

/**
 * A machine of its own: the built program, installed as a person installs it, a service that it delivers to, and nothing
 * of the user's.
 */
export class Installation {
  readonly folder = mkdtempSync(join(tmpdir(), 'runbook-'));
  readonly paths: TrackerPaths = trackerPaths(join(this.folder, '.claude/hooks/pattern-tracker'));
  /** What {@link ./faulty-serve.cjs} obeys. */
  readonly faultFile = join(this.folder, 'fault');
  /** The service's own database. */
  readonly serviceDatabase = join(this.folder, 'service.db');
  readonly port: number;
  readonly #env: Readonly<Record<string, string>>;
  #calls = 0;

  private constructor(port: number) {
    this.port = port;
    const shims = join(this.folder, 'shims');
    mkdirSync(shims);
    // What npm would fetch is what was built here.
    const npx = `#!/bin/sh\nshift\nexec "${process.execPath}" "${resolve('dist/cli.mjs')}" "$@"\n`;
    writeFileSync(join(shims, 'npx'), npx, { mode: 0o755 });
    const folders = [shims, join(this.folder, '.local/bin'), dirname(process.execPath)];
    this.#env = {
      HOME: this.folder,
      PATH: [...folders, '/usr/bin', '/bin'].join(':'),
      NODE_OPTIONS: `--require=${resolve('scripts/runbook/faulty-serve.cjs')}`,
      RUNBOOK_FAULT: this.faultFile,
      NO_COLOR: '1',
    };
  }

  /** Installs it, starts its service, and lets Claude work a little. */
  static async make(): Promise<Installation> {
    const made = new Installation(await freePort());
    try {
      await made.mustRun('npx claude-pattern-tracker install');
      made.configure();
      await made.serve();
      for (let n = 0; n < 5; n++) await made.work();
      await made.settled();
      await made.mustRun('pattern-tracker backup && pattern-tracker config backup');
      return made;
    } catch (error) {
      await made.remove();
      throw error;
    }
  }

  /** Writes the configuration that it has from the beginning. */
  configure(): void {
    const config = `api:
  base_url: http://127.0.0.1:${this.port}
resilience:
  retry:
    base_delay: 0.2 # so that minutes show what else takes an hour
    max_delay: 5
`;
    writeFileSync(this.paths.configFile, config, { mode: 0o600 });
  }

  /** Changes the configuration as a person does with an editor: what is there already stays. */
  change(yaml: string): void {
    const { configFile } = this.paths;
    const merged = parseDocument(readFileSync(configFile, 'utf8'));
    for (const [key, value] of leaves(parse(yaml) as JsonObject))
      merged.setIn(key.split('.'), value);
    writeFileSync(configFile, merged.toString(), { mode: 0o600 });
  }

  /** Runs lines as an operator types them. */
  async run(shell: string): Promise<ShellRun> {
    return await new Promise((done) => {
      let printed = '';
      const child = execFile('/bin/sh', ['-c', shell], {
        env: this.#env,
        cwd: this.folder,
        timeout: SHELL_MS,
        killSignal: 'SIGKILL',
      });
      child.stdin?.end();
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (text: string) => (printed += text));
      child.on('close', (code) => done({ exitCode: code ?? -1, printed }));
    });
  }

  /** Runs lines that must end well. */
  async mustRun(shell: string): Promise<string> {
    const { exitCode, printed } = await this.run(shell);
    if (exitCode === 0) return printed;
    throw new TrackerError('E_DRILL', `\`${shell}\` ended with ${exitCode}: ${printed}`);
  }

  /** Starts the service as a person does, and waits until it takes requests. */
  async serve(): Promise<void> {
    const output = openSync(join(this.folder, 'serve.out'), 'a');
    const args = ['serve', '--port', `${this.port}`, '--rate-limit', '0'];
    args.push('--database', this.serviceDatabase);
    const program = join(this.folder, '.local/bin/pattern-tracker');
    const child = spawn(program, args, {
      env: this.#env,
      cwd: this.folder,
      detached: true,
      stdio: ['ignore', output, output],
    });
    child.unref();
    await until(() => this.servicePid === child.pid, 'the service serves');
  }

  /** The process of the service, if it lives. */
  get servicePid(): number | undefined {
    return servingPid(this.paths, this.port);
  }

  /** The process of the courier, if it lives. */
  get courierPid(): number | undefined {
    return courierLives(this.paths.courierHint);
  }

  /** Ends the courier, if it lives, and waits until it is gone. */
  async stopCourier(): Promise<void> {
    const pid = this.courierPid;
    if (pid === undefined) return;
    process.kill(pid, 'SIGTERM');
    await until(() => !isAlive(pid), 'the courier is gone');
  }

  /** Kills the service, if it lives, and waits until it is gone. */
  async killService(): Promise<void> {
    const pid = this.servicePid;
    if (pid === undefined) return;
    process.kill(pid, 'SIGKILL');
    await until(() => !isAlive(pid), 'the service is gone');
  }

  /**
   * Claude writes a file that no other call has written: the hook is given what Claude Code gives it. Where no hook is
   * left, nothing can be captured.
   */
  async work(): Promise<void> {
    const script = join(this.paths.home, 'hooks', 'capture.sh');
    if (!existsSync(script)) return;
    const n = this.#calls++;
    const content = `export function step${n}(): number {\n  return ${n} + count(${n});\n}\n`;
    const file = `/home/dev/project/src/step-${n}.ts`;
    const event = {
      session_id: 'runbook',
      cwd: '/home/dev/project',
      hook_event_name: 'PostToolUse',
      tool_name: 'Write',
      tool_use_id: `toolu_runbook_${n}`,
      tool_input: { file_path: file, content },
      tool_response: { type: 'create', filePath: file, content },
    };
    const hook = { command: script, args: [] };
    const { exitCode, printed } = await callHook(
      hook,
      event,
      { env: this.#env, cwd: this.folder },
      HOOK_MS,
    );
    if (exitCode === 0 && printed === '') return;
    throw new TrackerError('E_DRILL', `the hook ended with ${exitCode}: ${printed}`);
  }

  /** Calls that the hook was given, and those that are recorded. */
  get calls(): { readonly given: number; readonly recorded: number } {
    const sql = `SELECT count(*) FROM tool_calls WHERE session_id = 'runbook'`;
    return { given: this.#calls, recorded: Number(this.value(this.paths.database, sql) ?? 0) };
  }

  /** Of the files that Claude wrote, those that the service knows. */
  get served(): number {
    const sql = `SELECT count(DISTINCT pattern_id) FROM lineage_events WHERE session_id = 'runbook'`;
    return Number(this.value(this.serviceDatabase, sql) ?? 0);
  }

  /** Lineage events that wait for the service. */
  get waiting(): number {
    return Number(this.value(this.paths.database, 'SELECT count(*) FROM outbox') ?? NaN);
  }

  /** Waits until all that was captured is recorded and delivered. */
  async settled(): Promise<void> {
    await until(
      () => this.calls.recorded === this.calls.given && this.waiting === 0,
      'all is recorded and delivered',
      SETTLE_MS,
    );
  }

  /** One value of a database; undefined while it cannot be read. */
  value = (path: string, sql: string): unknown => {
    try {
      const database = openDatabaseForReading(path);
      try {
        return database?.prepare(sql).pluck().get();
      } finally {
        database?.close();
      }
    } catch {
      return undefined; // it is being made, or is broken on purpose
    }
  };

  /** Ends all that runs in it, and removes it. */
  async remove(): Promise<void> {
    await this.killService();
    await endProcessesNaming(this.paths.home);
    // Unlike rmSync, it looks again for what has come meanwhile.
    await rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

/** Suspends a process once it lives, so that it hangs. */
export async function suspend(pid: () => number | undefined): Promise<void> {
  let found: number | undefined;
  await until(() => (found = pid()) !== undefined, 'the process lives');
  if (found) process.kill(found, 'SIGSTOP'); // 0 would be this process and its group
}

// --- internal ---

const SHELL_MS = 600_000;
const SETTLE_MS = 120_000;
/** The same 10 seconds after which Claude Code stops a hook of ours. */
const HOOK_MS = 10_000;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
