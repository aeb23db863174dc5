import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import type { ClaudeInstall } from './claude-install.ts';

/** A throwaway home for Claude, with a project in it. Nothing of the real user is seen or touched. */
export interface Sandbox {
  readonly root: string;
  readonly home: string;
  /** Claude's own folder. */
  readonly claudeFolder: string;
  /** A git repository with {@link SEED_FILES}, on {@link SEED_BRANCH}. */
  readonly project: string;
  /** The whole environment of whatever runs in it. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

export interface SandboxOptions {
  /** The Claude Code that `claude` on PATH starts, as the installer finds it on a user's machine. */
  readonly claude: ClaudeInstall;
  /** Where Claude's folder is put, below the sandbox; `CLAUDE_CONFIG_DIR` then names it. @default `~/.claude`, no variable */
  readonly claudeFolder?: string;
}

/** The branch that the project is on. */
export const SEED_BRANCH = 'feature/seed';

/** What the project holds before Claude starts. */
export const SEED_FILES: Readonly<Record<string, string>> = {
  'existing.py': 'def one():\n    return 1\n\n\ndef two():\n    return 2\n',
  'words.txt': 'red green\nblue red\nred\n',
  'book.ipynb': `${JSON.stringify({
    cells: [
      {
        cell_type: 'code',
        execution_count: null,
        id: 'c1',
        metadata: {},
        outputs: [],
        source: ['print(1)\n'],
      },
    ],
    metadata: { language_info: { name: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  })}\n`,
};

/** Makes a sandbox in the folder for temporary files. */
export async function makeSandbox(options: SandboxOptions): Promise<Sandbox> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'claude-sandbox-')));
  const home = join(root, 'home');
  const project = join(root, 'project');
  const temporary = join(root, 'tmp');
  const bin = join(root, 'bin');
  const claudeFolder = options.claudeFolder
    ? join(root, options.claudeFolder)
    : join(home, '.claude');
  for (const folder of [home, project, temporary, bin, claudeFolder])
    await mkdir(folder, { recursive: true });

  const env: Record<string, string> = {
    PATH: [bin, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    HOME: home,
    TMPDIR: temporary,
    CLAUDE_CODE_TMPDIR: temporary,
    TERM: 'dumb',
    LANG: 'C.UTF-8',
    SHELL: '/bin/sh',
  };
  if (options.claudeFolder) env['CLAUDE_CONFIG_DIR'] = claudeFolder;
  const command = options.claude.command.map(
    (word) => `'${word.replaceAll("'", String.raw`'\''`)}'`,
  );
  await writeFile(join(bin, 'claude'), `#!/bin/sh\nexec ${command.join(' ')} "$@"\n`, {
    mode: 0o755,
  });
  await seedProject(project, env);
  return {
    root,
    home,
    claudeFolder,
    project,
    env,
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}

// --- internal ---

const run = promisify(execFile);

async function seedProject(project: string, env: NodeJS.ProcessEnv): Promise<void> {
  for (const [name, content] of Object.entries(SEED_FILES))
    await writeFile(join(project, name), content);
  const git = (...args: string[]) => run('git', args, { cwd: project, env });
  await git('init', '-q', '-b', SEED_BRANCH);
  await git('add', '-A');
  await git(
    '-c',
    'user.name=dev',
    '-c',
    'user.email=dev@example.com',
    'commit',
    '-q',
    '-m',
    'Seed',
  );
}
