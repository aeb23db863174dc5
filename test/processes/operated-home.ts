// An installation as an operator has it, with hooks in the settings and the built command line; its server is
// `pattern-tracker serve`, or none.
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HOOK_EVENTS } from '../../lib/install/events.ts';
import { payload, TrackerHome } from './tracker-home.ts';
import type { CommandRun } from './tracker-home.ts';
import { until } from '../support/until.ts';

/** What `check --json` prints. */
export interface CheckReport {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly id: string;
    readonly status: string;
    readonly detail: string;
  }[];
}

export class OperatedHome extends TrackerHome {
  #calls = 0;

  constructor(config = '') {
    super(config);
    const { home, data } = this.paths;
    mkdirSync(join(home, 'hooks'), { recursive: true });
    mkdirSync(data, { recursive: true, mode: 0o700 });
    writeFileSync(this.paths.drops, '\n', { mode: 0o600 });
    copyFileSync('hooks/capture.sh', join(home, 'hooks', 'capture.sh'));
    symlinkSync(resolve('dist'), join(home, 'dist'));
    const hook = { type: 'command', timeout: 10, command: join(home, 'hooks', 'capture.sh') };
    const hooks = HOOK_EVENTS.map(({ name }) => [name, [{ hooks: [{ ...hook, args: [] }] }]]);
    const settings = JSON.stringify({ hooks: Object.fromEntries(hooks) as unknown });
    writeFileSync(join(this.folder, '.claude', 'settings.json'), settings);
  }

  /** Runs a command of the built program; `args` are separated by spaces. */
  async command(args: string, env: Readonly<Record<string, string>> = {}): Promise<CommandRun> {
    return await this.cli(args.split(' ').filter(Boolean), env);
  }

  /** Makes a backup; its path. */
  async backUp(): Promise<string> {
    const { out } = await this.command('backup --json');
    return (JSON.parse(out) as { path: string }).path;
  }

  /** Runs a list of `check`; the exit code, and the status and detail of each check. */
  async check(list = '--daily') {
    const { exitCode, out } = await this.command(`check ${list} --json`);
    const report = JSON.parse(out) as CheckReport;
    const { checks } = report;
    return {
      exitCode,
      report,
      status: Object.fromEntries(checks.map(({ id, status }) => [id, status])),
      detail: Object.fromEntries(checks.map(({ id, detail }) => [id, detail])),
    };
  }

  /** Has Claude write a file, and waits until that is recorded. */
  async write(code: string): Promise<void> {
    this.#calls += 1;
    this.capture(
      payload({
        hook_event_name: 'PostToolUse',
        tool_name: 'Write',
        tool_use_id: `toolu_operated_${this.#calls}`,
        tool_input: { file_path: `/home/dev/project/file-${this.#calls}.ts`, content: code },
        tool_response: { type: 'create' },
      }),
    );
    const calls = this.#calls;
    await until(
      () => this.value('SELECT count(*) FROM tool_calls') === calls,
      'the call is recorded',
    );
  }
}
