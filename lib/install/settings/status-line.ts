import type { Node } from 'jsonc-parser';
import { join } from 'node:path';
import { nodeCommandLine, quoteWord, splitWords, withoutAssignments } from '../shell-words.ts';
import { append, member, remove, replace, source } from './json-edit.ts';
import { isOwnHook } from './own-hook.ts';
import type { OwnHookOptions } from './own-hook.ts';
import { parseSettings, refusedSettings } from './settings-text.ts';

/** The command line that shows our status line. */
export interface StatusLineCommand {
  /** The installation's folder, absolute. */
  readonly home: string;
  /** The Node.js executable, absolute. */
  readonly node: string;
  readonly platform: NodeJS.Platform;
}

/** What is known of the settings that are edited. */
export interface StatusLineSettings extends OwnHookOptions {
  /** Names the file in errors. */
  readonly file: string;
  /** The settings before the first registration, as for hooks: the former status line stands there as it was. */
  readonly before?: string | null | undefined;
}

/** Our status line as it is registered. */
export interface RegisteredStatusLine {
  readonly command: string;
  /** The command line of the one that was there before; null when there was none. */
  readonly former: string | null;
}

/**
 * The settings with our status line. One that is there is kept: it becomes the last word of our command, which
 * runs it and puts its output first. Its other keys stay as they are.
 *
 * @throws TrackerError E_SETTINGS_INVALID, also for a `statusLine` that is no command
 */
export function registerStatusLine(
  original: string,
  program: StatusLineCommand,
  options: StatusLineSettings,
): string {
  const { text, bom, layout, root } = parseSettings(original, options.file);
  if (!root) return original;
  const node = member(root, 'statusLine');
  const value = { type: 'command', command: commandLine(program, null) };
  if (!node) return bom + append(text, root, 'statusLine', value, layout);
  if (node.type === 'null') return bom + replace(text, node, value, layout);
  const own = registeredStatusLine(original, options);
  const command = member(node, 'command');
  if (member(node, 'type')?.value !== 'command' || command?.type !== 'string') {
    const what = 'expected "statusLine" to be {"type": "command", "command": "…"}';
    throw refusedSettings(options.file, text, node.offset, what);
  }
  const wanted = commandLine(program, own ? own.former : String(command.value));
  return command.value === wanted ? original : bom + replace(text, command, wanted, layout);
}

/**
 * The settings without our status line, and with the one that was there before.
 *
 * @throws TrackerError E_SETTINGS_INVALID
 */
export function unregisterStatusLine(original: string, options: StatusLineSettings): string {
  const own = registeredStatusLine(original, options);
  const { text, bom, layout, root } = parseSettings(original, options.file);
  const node = member(root, 'statusLine');
  const command = member(node, 'command');
  if (!own || !root || !node?.parent || !command) return original;
  if (own.former === null) return bom + remove(text, root, node.parent);
  const was = options.before == null ? undefined : parseSettings(options.before, options.file);
  const wasCommand = member(member(was?.root, 'statusLine'), 'command');
  if (was && wasCommand?.value === own.former) {
    return bom + spliced(text, command, source(was.text, wasCommand)); // with its own escapes
  }
  return bom + replace(text, command, own.former, layout);
}

/** Our status line in the settings; undefined when there is none, or it is somebody else's. */
export function registeredStatusLine(
  original: string,
  options: StatusLineSettings,
): RegisteredStatusLine | undefined {
  const { root } = parseSettings(original, options.file);
  const command = member(member(root, 'statusLine'), 'command')?.value as unknown;
  if (typeof command !== 'string' || !isOwnHook({ command }, options)) return undefined;
  const words = withoutAssignments(splitWords(command, { HOME: options.userHome }) ?? []);
  return { command, former: words[2] ?? null };
}

// --- internal ---

function commandLine({ home, node, platform }: StatusLineCommand, former: string | null): string {
  const program = join(home, 'dist', 'statusline.cjs');
  // For sh on every system: Claude Code runs status lines in Git Bash on Windows.
  const own = nodeCommandLine({ node, program }, platform);
  return former === null ? own : `${own} ${quoteWord(former)}`;
}

function spliced(text: string, node: Node, content: string): string {
  return text.slice(0, node.offset) + content + text.slice(node.offset + node.length);
}
