import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/** The status line that was there before ours, and what it is given. */
export interface FormerLine {
  /** A command line, as it stood in Claude Code's settings. */
  readonly command: string;
  /** Its standard input. */
  readonly input: string;
  /** How long it may take, in milliseconds. @default 3000 */
  readonly limitMs?: number;
}

/**
 * Runs the former status line as Claude Code would, and returns what it printed; empty when it fails, prints
 * nothing, or has not ended in time. It and all that it has started are then killed.
 */
export async function formerLine({ command, input, limitMs = 3_000 }: FormerLine): Promise<string> {
  return await new Promise((resolve) => {
    let printed = '';
    let isDone = false;
    const finish = (text: string) => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      process.removeListener('SIGTERM', stop).removeListener('SIGINT', stop);
      resolve(text.trimEnd());
    };
    // A group of its own, so that its children can be killed with it.
    const child = spawn(command, {
      shell: true,
      detached: process.platform !== 'win32',
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
    const giveUp = () => {
      killGroup(child);
      finish('');
    };
    // Claude Code ends a status line that it no longer needs; the former one must not be left behind.
    const stop = () => {
      giveUp();
      process.exit(0);
    };
    const timer = setTimeout(giveUp, limitMs);
    process.once('SIGTERM', stop).once('SIGINT', stop);
    child.on('error', () => finish(''));
    child.stdin.on('error', () => {}); // it may end without reading its input
    child.stdin.end(input);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (printed.length > MOST_CHARACTERS) giveUp();
    });
    child.on('exit', (code) => {
      const text = () => finish(code === 0 ? printed : '');
      child.on('close', text);
      // What it left running may keep its output open.
      setTimeout(text, LEFT_OPEN_MS).unref();
    });
  });
}

// --- internal ---

const MOST_CHARACTERS = 64 * 1024;
const LEFT_OPEN_MS = 100;

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}
