import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { asArray, asString, isJsonObject } from '../../lib/base/json.ts';
import type { Json } from '../../lib/base/json.ts';
import { SETTINGS } from './machine.ts';
import type { Machine } from './machine.ts';
import type { Way } from './ways.ts';

/** What came of installing in one way on one machine. */
export interface Outcome {
  readonly installSeconds: number;
  /** From the start of the installation until the first pattern is listed. */
  readonly patternSeconds: number;
  /** What did not go as the docs say; empty when all did. */
  readonly faults: readonly string[];
}

/** Installs, uses, installs again without a registry, and uninstalls. */
export async function tryWay(way: Way, machine: Machine): Promise<Outcome> {
  const faults: string[] = [];
  const check = (step: string, isFine: boolean, output: string) => {
    if (!isFine) faults.push(`${step}: ${output.trim().split('\n').slice(-12).join('\n')}`);
  };
  const step = (name: string, command: string, env: Readonly<Record<string, string>> = {}) => {
    const { code, output } = machine.run(command, { env });
    check(name, code === 0, `exit code ${code}\n${output}`);
    return output;
  };
  way.prepare?.(machine);
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;

  step('install', way.install);
  const installSeconds = seconds();
  writeOnePattern(machine);
  const listed = await until(() =>
    /backoff/.test(machine.run('pattern-tracker patterns --all').output),
  );
  const patternSeconds = seconds();
  check('first pattern', listed, machine.run('pattern-tracker status').output);

  step('second install, without a registry', way.again ?? way.install, UNREACHABLE);
  step('taking the source away', way.takeAway);
  step('doctor', 'pattern-tracker doctor');
  step('capture-test', 'pattern-tracker capture-test');
  check('permissions', hasPrivateHome(machine), machine.run('ls -lR .claude').output);

  step('uninstall', 'pattern-tracker uninstall');
  const left = machine.files().filter((path) => !LEFT.test(path));
  check('left after uninstall', left.length === 0, left.join('\n'));
  const settings = readFileSync(machine.settings, 'utf8');
  check('settings after uninstall', settings === SETTINGS, settings);
  const database = join(machine.home, DATA, 'tracker.db');
  check('data after uninstall', existsSync(database), 'tracker.db is gone');
  return { installSeconds, patternSeconds, faults };
}

// --- internal ---

const HOME = '.claude/hooks/pattern-tracker';
const DATA = `${HOME}/data`;
/** What docs/install.md says is left: what was recorded, a hook that does nothing, and copies of the settings. */
const LEFT =
  /^\.claude\/(?:hooks\/pattern-tracker\/(?:data\/|hooks\/capture\.sh$)|settings\.json\.backup-)/;
const UNREACHABLE = {
  npm_config_registry: 'http://127.0.0.1:9',
  npm_config_fetch_retries: '0',
};
const WAIT_MS = 30_000;

/** Gives the registered hook an event, as Claude Code does. */
function writeOnePattern(machine: Machine): void {
  const payload = JSON.parse(
    readFileSync('test/fixtures/payloads/post-tool-use.write.json', 'utf8'),
  ) as { tool_input: { content: string }; tool_response: { content: string } };
  payload.tool_input.content = 'export const backoff = (attempt) => 1000 * 2 ** attempt;\n';
  payload.tool_response.content = payload.tool_input.content;
  const input = `${JSON.stringify(payload)}\n`;
  for (const { command, args } of hooksOf(machine)) {
    const words = args?.map((word) => `'${word}'`).join(' ');
    machine.run(words === undefined ? command : `${command} ${words}`, { input });
  }
}

function hooksOf({ settings }: Machine): { command: string; args: string[] | undefined }[] {
  const value = JSON.parse(readFileSync(settings, 'utf8')) as Json;
  const hooks = isJsonObject(value) && isJsonObject(value['hooks']) ? value['hooks'] : {};
  return asArray(hooks['PostToolUse'])
    .flatMap((group) => (isJsonObject(group) ? asArray(group['hooks']) : []))
    .filter(isJsonObject)
    .map((hook) => ({
      command: asString(hook['command']) ?? '',
      args: Array.isArray(hook['args'])
        ? hook['args'].map((word) => asString(word) ?? '')
        : undefined,
    }));
}

async function until(condition: () => boolean): Promise<boolean> {
  const end = performance.now() + WAIT_MS;
  while (!condition()) {
    if (performance.now() > end) return false;
    await setTimeout(100);
  }
  return true;
}

/** No file of the installation is for anybody else, whatever the umask is. */
function hasPrivateHome(machine: Machine): boolean {
  return machine.run(`find ${HOME} ! -type l -perm /077`).output === '';
}
