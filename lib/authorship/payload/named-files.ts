import { basename } from 'node:path';
import { isJsonObject } from '../../base/json.ts';
import type { Json } from '../../base/json.ts';
import type { HookEvent } from '../../event/hook-event.ts';
import { isInlineProgram, programKind } from './program-kinds.ts';
import { operandsOf, parseShell } from './shell-steps.ts';
import type { ShellStep } from './shell-steps.ts';

/**
 * The files that a call names and may have written, where its event does not tell what it wrote: those that stand in a
 * command, what it sends its output to first, and those that a tool of an MCP server is given by name. It may have
 * written none of them.
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
const MAX_FILES = 40;
const MAX_DEPTH = 8;

function commandTargets(command: string): string[] {
  const { steps } = parseShell(command);
  const isGivenProgram = steps.some(({ program, rest, text }) =>
    isInlineProgram(program, rest, text),
  );
  const names = [
    ...steps.flatMap((step) => step.targets),
    ...steps.flatMap(operandsOf),
    ...steps.flatMap(inFolder),
    ...(isGivenProgram ? [...command.slice(0, MAX_COMMAND).matchAll(QUOTED_FILE)] : []).map(
      ([, , name = '']) => name,
    ),
  ];
  const isLiteral = (path: string): boolean =>
    path.length <= MAX_PATH && /[\p{L}\p{N}]/u.test(path) && !/[$`*?[\]{}~()]/.test(path);
  return [...new Set(names.filter(isLiteral))].slice(0, MAX_FILES);
}

/** Where what is moved or copied into a folder stands then. */
function inFolder(step: ShellStep): string[] {
  const kind = programKind(step.program, step.rest);
  if (kind !== 'moved' && kind !== 'copied') return [];
  const operands = operandsOf(step);
  const folder = operands.at(-1) ?? '';
  return operands.slice(0, -1).map((name) => `${folder.replace(/\/$/, '')}/${basename(name)}`);
}

/** In characters: a longer command is a text, mostly. */
const MAX_COMMAND = 20_000;
/** A name of a file in a program that a command holds: `open('a.ts', 'w')`. */
const QUOTED_FILE = /(["'])([\w@+./-]{1,200}\.\w{1,10})\1/g;
