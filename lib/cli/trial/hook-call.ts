import { spawn } from 'node:child_process';
import type { JsonObject } from '../../base/json.ts';
import type { CliEnvironment } from '../environment.ts';

/** A hook as it is registered. */
export interface CalledHook {
  readonly command: string;
  /** If present, the command runs without a shell. */
  readonly args: readonly string[] | undefined;
}

/** How a called hook ended. */
export interface HookAnswer {
  /** Null when it was killed or could not be started. */
  readonly exitCode: number | null;
  /** What it wrote to standard output and standard error. */
  readonly printed: string;
  /** Milliseconds until both were closed, because Claude Code waits for that. */
  readonly tookMs: number;
  /** Why it could not be started, or that it took too long; undefined when it ended by itself. */
  readonly problem: string | undefined;
}

/** Calls a hook as Claude Code does, and waits until it has ended and closed its output. */
export async function callHook(
  hook: CalledHook,
  event: JsonObject,
  cli: Pick<CliEnvironment, 'env' | 'cwd'>,
  timeoutMs: number,
): Promise<HookAnswer> {
  const startedAt = performance.now();
  return await new Promise((resolve) => {
    const child = hook.args
      ? spawn(hook.command, [...hook.args], optionsOf(cli))
      : spawn(hook.command, { ...optionsOf(cli), shell: true }); // /bin/sh -c
    let printed = '';
    let problem: string | undefined;
    const finish = (exitCode: number | null) => {
      clearTimeout(timer);
      resolve({ exitCode, printed, problem, tookMs: performance.now() - startedAt });
    };
    const timer = setTimeout(() => {
      problem = `it did not end within ${timeoutMs / 1000} s, or something it started keeps its output open`;
      child.kill('SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
    }, timeoutMs);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
    }
    child.on('error', (error) => {
      problem = error.message;
      finish(null);
    });
    child.on('close', (code) => finish(code));
    child.stdin.on('error', () => {}); // a hook may end without reading its input
    child.stdin.end(`${JSON.stringify(event)}\n`);
  });
}

// --- internal ---

function optionsOf({ env, cwd }: Pick<CliEnvironment, 'env' | 'cwd'>) {
  return {
    cwd,
    env: { ...env, CLAUDE_PROJECT_DIR: cwd },
    stdio: ['pipe', 'pipe', 'pipe'] as ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  };
}
