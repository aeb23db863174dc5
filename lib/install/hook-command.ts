import { join } from 'node:path';
import type { HookEventSpec } from './events.ts';
import { isPlainWord, nodeCommandLine, quoteWord } from './shell-words.ts';

/** Which program captures: `hooks/capture.sh`, or one Node.js bundle per event. */
export type CaptureFront = 'sh' | 'node';

/** A hook as Claude Code reads it from a settings file. */
export interface CommandHook {
  readonly type: 'command';
  readonly command: string;
  /** If present, Claude Code runs `command` without a shell; versions that do not know it use a shell. */
  readonly args?: readonly string[];
  /** Seconds. */
  readonly timeout: number;
}

/** A hook that the settings should contain. */
export interface WantedHook {
  readonly event: string;
  readonly matcher?: string;
  readonly hook: CommandHook;
}

/** Where the hook's program is, and which front to use. */
export interface HookCommandOptions {
  readonly capture: CaptureFront;
  /** The installation's folder, absolute. */
  readonly home: string;
  /** The Node.js executable, absolute; used by the `node` front. */
  readonly node: string;
  readonly platform: NodeJS.Platform;
}

/** Seconds after which Claude Code stops a hook. Ours take milliseconds, so 10 is only a safety net. */
export const HOOK_TIMEOUT_SECONDS = 10;

/** What gives Claude a note of earlier sessions, in the installation's folder. */
export const CONTEXT_PROGRAM = 'dist/context.cjs';

/** Seconds after which Claude Code stops the note's hook, for which it waits: it takes a tenth of one. */
const CONTEXT_TIMEOUT_SECONDS = 2;

/** The second hook of SessionStart, for `context: on`. A session that goes on has had its note. */
export function contextHook(options: Omit<HookCommandOptions, 'capture'>): WantedHook {
  const command = nodeHook(CONTEXT_PROGRAM, options);
  return {
    event: 'SessionStart',
    matcher: 'startup|clear',
    hook: { type: 'command', command, timeout: CONTEXT_TIMEOUT_SECONDS },
  };
}

/** The hook to register for one event. */
export function hookCommand(
  event: HookEventSpec,
  { capture, ...options }: HookCommandOptions,
): CommandHook {
  const { home, platform } = options;
  const timeout = HOOK_TIMEOUT_SECONDS;
  if (capture === 'node') {
    return {
      type: 'command',
      command: nodeHook(`dist/hooks/${event.bundle}.cjs`, options),
      timeout,
    };
  }
  const script = join(home, 'hooks', 'capture.sh');
  if (event.ensure) {
    return { type: 'command', command: `${quoteWord(script, platform)} ensure`, timeout };
  }
  // `args` saves the start of a shell. Only for a path that means the same with and without a shell.
  if (isPlainWord(script)) return { type: 'command', command: script, args: [], timeout };
  return { type: 'command', command: quoteWord(script, platform), timeout };
}

// --- internal ---

function nodeHook(
  bundle: string,
  { home, node, platform }: Omit<HookCommandOptions, 'capture'>,
): string {
  const program = join(home, ...bundle.split('/'));
  // On Windows the command may be for cmd.exe, which has no way to set variables for one command.
  return platform === 'win32'
    ? `${quoteWord(node, platform)} ${quoteWord(program, platform)}`
    : nodeCommandLine({ node, program }, platform);
}
