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

/** The hook to register for one event. */
export function hookCommand(
  event: HookEventSpec,
  { capture, home, node, platform }: HookCommandOptions,
): CommandHook {
  const timeout = HOOK_TIMEOUT_SECONDS;
  if (capture === 'node') {
    const bundle = join(home, 'dist', 'hooks', `${event.bundle}.cjs`);
    // On Windows the command may be for cmd.exe, which has no way to set variables for one command.
    const command =
      platform === 'win32'
        ? `${quoteWord(node, platform)} ${quoteWord(bundle, platform)}`
        : nodeCommandLine({ node, program: bundle }, platform);
    return { type: 'command', command, timeout };
  }
  const script = join(home, 'hooks', 'capture.sh');
  if (event.ensure) {
    return { type: 'command', command: `${quoteWord(script, platform)} ensure`, timeout };
  }
  // `args` saves the start of a shell. Only for a path that means the same with and without a shell.
  if (isPlainWord(script)) return { type: 'command', command: script, args: [], timeout };
  return { type: 'command', command: quoteWord(script, platform), timeout };
}
