import { isJsonObject } from '../../base/json.ts';
import type { Json } from '../../base/json.ts';
import type { HookEvent } from '../../event/hook-event.ts';
import { operandsOf, parseShell } from './shell-steps.ts';

/**
 * The files that a call says it writes, where its event does not tell what it wrote: those that a command sends its output to
 * by name, and those that a tool of an MCP server is given by name. It may have written none of them.
 */
export function namedFiles({ toolName = '', toolInput }: HookEvent): string[] {
  if (toolName === 'Bash') {
    const command = toolInput?.['command'];
    return typeof command === 'string' ? commandTargets(command) : [];
  }
  if (!toolName.startsWith('mcp__')) return [];
  const paths = Object.entries(toolInput ?? {}).flatMap(([key, value]) =>
    PATH_KEY.test(key) && typeof value === 'string' ? [value.replace(/^file:\/\/(?=\/)/, '')] : [],
  );
  return [...new Set(paths.filter((path) => path !== '' && path.length <= MAX_PATH))].slice(
    0,
    MAX_FILES,
  );
}

/** The texts that a tool was given, at any depth. */
export function textsIn(value: Json | undefined, depth = 0): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH) return [];
  const members = isJsonObject(value) ? Object.values(value) : (value as readonly Json[]);
  return members.flatMap((member) => textsIn(member, depth + 1));
}

// --- internal ---

const PATH_KEY =
  /^(?:(?:\w{1,20}_?)?(?:path|file|filename|file_?name|uri)|destination|target|output)$/i;
/** The longest path that Linux takes, in bytes. */
const MAX_PATH = 4096;
const MAX_FILES = 20;
const MAX_DEPTH = 8;

function commandTargets(command: string): string[] {
  const targets = parseShell(command).steps.flatMap((step) => [
    ...step.targets,
    ...(step.program === 'tee' ? operandsOf(step) : []),
  ]);
  const isLiteral = (path: string): boolean => path !== '' && !/[$`*?[\]{}~()]/.test(path);
  return [...new Set(targets.filter(isLiteral))].slice(0, MAX_FILES);
}
