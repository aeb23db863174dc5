import { spawn } from 'node:child_process';
import { TrackerError } from '../../base/errors.ts';
import type { CliEnvironment } from '../environment.ts';

/** What git printed. */
export interface GitAnswer {
  readonly code: number;
  readonly out: Buffer;
  /** The first line of what it said on standard error. */
  readonly said: string;
}

/**
 * Runs git in a folder whose configuration may be hostile: it runs no program that the project names, opens no
 * connection, and gets no variables but those of the user that it needs.
 *
 * @param args a command of git's plumbing; what comes from people has to be checked before
 * @param input what it reads on standard input @default nothing
 * @throws TrackerError E_NO_GIT if there is no git, E_GIT if it takes more than a minute or prints more than 256 MiB
 */
export async function runGit(
  { env, cwd }: Pick<CliEnvironment, 'env' | 'cwd'>,
  args: readonly string[],
  input = '',
): Promise<GitAnswer> {
  return new Promise((resolve, reject) => {
    const git = spawn('git', [...SAFE_SETTINGS, ...args], {
      cwd,
      env: safeEnvironment(env),
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: MOST_MS,
      windowsHide: true,
    });
    const chunks: Buffer[] = [];
    let [size, said] = [0, ''];
    git.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_BYTES) git.kill();
      else chunks.push(chunk);
    });
    git.stderr.on('data', (chunk: Buffer) => {
      if (said.length < MOST_SAID) said += chunk.toString();
    });
    git.stdin.on('error', () => {}); // it may end before it has read all
    git.stdin.end(input);
    git.on('error', (cause) => {
      reject(
        new TrackerError('E_NO_GIT', 'git cannot be run', {
          hint: '--diff asks git which lines were added. Is it installed?',
          cause,
        }),
      );
    });
    git.on('close', (code) => {
      const line = said.slice(0, MOST_SAID).split('\n')[0] ?? '';
      if (code !== null && size <= MOST_BYTES)
        return resolve({ code, out: Buffer.concat(chunks), said: line });
      reject(
        new TrackerError('E_GIT', 'git took too long, or had too much to say', {
          hint: 'Compare fewer commits.',
        }),
      );
    });
  });
}

// --- internal ---

const MOST_MS = 60_000;
const MOST_BYTES = 256 * 1024 * 1024;
const MOST_SAID = 500;

/** What a project's configuration could have git run or do, each set so that it does not. */
const SAFE_SETTINGS: readonly string[] = [
  '--no-pager',
  '--no-optional-locks',
  '--literal-pathspecs',
  ...[
    'core.fsmonitor=false',
    'core.hooksPath=/dev/null',
    'core.quotePath=true',
    'core.attributesFile=/dev/null',
    'diff.orderFile=/dev/null',
    'protocol.allow=never',
  ].flatMap((setting) => ['-c', setting]),
];

/** The variables of the user that git needs; others, such as GIT_EXTERNAL_DIFF, would change what it does. */
const KEPT = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'USERPROFILE', 'SYSTEMROOT', 'TMPDIR'] as const;

function safeEnvironment(env: CliEnvironment['env']): Record<string, string> {
  const kept = KEPT.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    // Objects that a partial clone lacks would be fetched, by a program that the project names.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_NO_REPLACE_OBJECTS: '1',
  };
}
