import { asArray, asObject, asString, isJsonObject } from '../../../lib/base/json.ts';
import type { JsonObject } from '../../../lib/base/json.ts';
import type { ClaudeRun } from './claude-run.ts';
import type { Sandbox } from './sandbox.ts';

/**
 * What Claude printed, line by line, without what differs between any two sessions: ids, times, the
 * sandbox's folder. A line that tells of a hook is left out if that hook printed nothing and succeeded.
 */
export function printed({ stdout }: ClaudeRun, sandbox: Sandbox): string[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))
    .filter(isJsonObject)
    .filter((line) => !isQuietHook(line))
    .map((line) =>
      masked(
        [line['type'], line['subtype'], asObject(line['message'])?.['content'], line['result']],
        sandbox,
      ),
    );
}

/** What the model was told after the first prompt, which differs by time and commit. */
export function told({ requests }: ClaudeRun, sandbox: Sandbox): string[] {
  const last = requests.findLast(({ speaker }) => speaker === 'main');
  return asArray(last?.body['messages'])
    .filter(isJsonObject)
    .slice(1)
    .filter(({ role }) => role === 'user' || role === 'assistant')
    .map(({ role, content }) => masked([role, content], sandbox));
}

// --- internal ---

function isQuietHook(line: JsonObject): boolean {
  if (line['type'] !== 'system' || !asString(line['subtype'])?.startsWith('hook_')) return false;
  const { stdout = '', stderr = '', exit_code: exitCode = 0 } = line;
  return stdout === '' && stderr === '' && exitCode === 0;
}

function masked(parts: readonly unknown[], { root }: Sandbox): string {
  return JSON.stringify(parts)
    .replaceAll(root, '<root>')
    .replaceAll(/\b(toolu|msg)_\w+/g, '<$1>');
}
