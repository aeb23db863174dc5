import { spawnSync } from 'node:child_process';

/** The version in the output of `claude --version`, such as `2.1.330 (Claude Code)`; else undefined. */
export function parseClaudeVersion(output: string): string | undefined {
  return /^\s*(\d+\.\d+\.\d+)/.exec(output)?.[1];
}

/**
 * The version of the `claude` on PATH; undefined when there is none, or it does not answer within
 * `timeoutMs` milliseconds.
 */
export function claudeVersion(
  env: Readonly<Record<string, string | undefined>>,
  timeoutMs = 5000,
): string | undefined {
  const { stdout } = spawnSync('claude', ['--version'], {
    env: { ...env },
    encoding: 'utf8',
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
  });
  return stdout ? parseClaudeVersion(stdout) : undefined;
}
