import { parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import { checkJsonBounds, JsonBoundsError } from '../../base/json/bounded-json.ts';
import { TrackerError } from '../../base/errors.ts';
import { jsonLayout, member, PARSE_OPTIONS } from './json-edit.ts';
import type { JsonLayout } from './json-edit.ts';

/** The text of a settings file, with the parts of it that concern hooks. */
export interface SettingsText {
  /** Without the byte order mark. */
  readonly text: string;
  readonly bom: '' | '\uFEFF';
  readonly layout: JsonLayout;
  /** The outermost object; undefined for an empty file. */
  readonly root: Node | undefined;
  /** The value of `hooks`, an object; undefined when there is none. */
  readonly hooks: Node | undefined;
}

/**
 * Parses a settings file. Comments, trailing commas and a byte order mark are accepted.
 *
 * @param file names the file in errors
 * @throws TrackerError E_SETTINGS_INVALID, with line and column, for a file that cannot be edited safely:
 *   it has a syntax error, is no object, its `hooks` is no object, or one of its events is no array
 */
export function parseSettings(original: string, file: string): SettingsText {
  const bom = original.startsWith('\uFEFF') ? '\uFEFF' : '';
  const text = original.slice(bom.length);
  try {
    checkJsonBounds(text, { maxDepth: MAX_DEPTH, maxValues: MAX_VALUES, hasComments: true });
  } catch (error) {
    if (!(error instanceof JsonBoundsError)) throw error;
    throw refusedSettings(file, text, error.offset, error.message);
  }
  const layout = jsonLayout(text);
  if (text.trim() === '') return { text, bom, layout, root: undefined, hooks: undefined };

  const errors: ParseError[] = [];
  const root = parseTree(text, errors, PARSE_OPTIONS);
  const [error] = errors;
  if (error) {
    const problem = printParseErrorCode(error.error).replaceAll(/\B[A-Z]/g, ' $&');
    throw refusedSettings(file, text, error.offset, problem.toLowerCase());
  }
  if (root?.type !== 'object') {
    throw refusedSettings(file, text, root?.offset ?? 0, 'expected an object');
  }
  const hooks = member(root, 'hooks');
  if (hooks && hooks.type !== 'object') {
    throw refusedSettings(
      file,
      text,
      hooks.offset,
      `expected "hooks" to be an object, found ${hooks.type}`,
    );
  }
  for (const { children = [] } of hooks?.children ?? []) {
    const [name, groups] = children;
    if (groups && groups.type !== 'array') {
      const what = `expected "hooks.${String(name?.value)}" to be an array, found ${groups.type}`;
      throw refusedSettings(file, text, groups.offset, what);
    }
  }
  return { text, bom, layout, root, hooks };
}

/** True if the settings are not strict JSON, so that Claude Code ignores the file. */
export function isClaudeUnreadable(original: string): boolean {
  const text = original.startsWith('\uFEFF') ? original.slice(1) : original;
  if (text.trim() === '') return false;
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
}

/** The error for settings that cannot be edited safely; it names the place. */
export function refusedSettings(
  file: string,
  text: string,
  offset: number,
  problem: string,
): TrackerError {
  const lines = text.slice(0, offset).split('\n');
  const column = (lines.at(-1)?.length ?? 0) + 1;
  return new TrackerError(
    'E_SETTINGS_INVALID',
    `${file}:${lines.length}:${column}: ${problem}; nothing was changed`,
    {
      hint: 'Correct the file there (Claude Code does not accept it either), then run this again.',
    },
  );
}

// --- internal ---

/** The parser calls itself for each level. */
const MAX_DEPTH = 200;
const MAX_VALUES = 200_000;
