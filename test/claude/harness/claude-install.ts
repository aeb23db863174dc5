import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { TrackerError, errorMessage } from '../../../lib/base/errors.ts';

/** An installed Claude Code. */
export interface ClaudeInstall {
  readonly version: string;
  /** Program and first arguments: the native binary alone, or node and `cli.js`. */
  readonly command: readonly [string, ...string[]];
}

/**
 * Installs Claude Code from npm, once, into a cache folder outside the project's dependencies: the
 * next call finds it there. The folder is `$CLAUDE_TEST_CACHE`, else
 * `claude-pattern-tracker/claude-code` in the user's cache folder. No install script is run.
 *
 * @throws TrackerError E_CLAUDE_INSTALL when npm fails, or the package holds no program for this machine.
 */
export async function installClaude(
  version: string,
  env: NodeJS.ProcessEnv,
): Promise<ClaudeInstall> {
  const cache = cacheFolder(env);
  const target = join(cache, version);
  const present = await programIn(target);
  if (present) return { version, command: present };

  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(join(cache, `.${version}-`));
  try {
    await npmInstall(version, fresh, env);
    if (!(await programIn(fresh))) throw noProgram(version, fresh);
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another run may have put it there meanwhile.
    if (!(await programIn(target))) throw error;
  }
  const command = await programIn(target);
  if (!command) throw noProgram(version, target);
  return { version, command };
}

// --- internal ---

const run = promisify(execFile);

function cacheFolder(env: NodeJS.ProcessEnv): string {
  const { CLAUDE_TEST_CACHE: own, XDG_CACHE_HOME: xdg, HOME: home } = env;
  if (own) return own;
  const caches = xdg || (home && join(home, '.cache'));
  if (!caches) {
    throw new TrackerError('E_CLAUDE_INSTALL', 'There is no folder to install Claude Code into.', {
      hint: 'Set CLAUDE_TEST_CACHE to a folder that may hold about 500 MB.',
    });
  }
  return join(caches, 'claude-pattern-tracker', 'claude-code');
}

async function npmInstall(version: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  await writeFile(join(folder, 'package.json'), '{"private":true}\n');
  const what = `@anthropic-ai/claude-code@${version}`;
  try {
    // --prefix: under `npm run`, the environment names the project's own folder.
    const flags = ['--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'];
    await run('npm', ['install', ...flags, what], { cwd: folder, env, timeout: 600_000 });
  } catch (error) {
    throw new TrackerError(
      'E_CLAUDE_INSTALL',
      `npm install ${what} failed: ${errorMessage(error)}`,
      {
        hint: 'Check that npm reaches its registry; the second run needs no network.',
        cause: error,
      },
    );
  }
}

/** The native binary of the platform's package, else `cli.js` of the versions that are plain JavaScript. */
async function programIn(folder: string): Promise<ClaudeInstall['command'] | undefined> {
  const scope = join(folder, 'node_modules', '@anthropic-ai');
  if (!existsSync(scope)) return undefined;
  const cli = join(scope, 'claude-code', 'cli.js');
  if (existsSync(cli)) return [process.execPath, cli];
  const names = (await readdir(scope)).filter((name) => name.startsWith('claude-code-'));
  for (const name of names.toSorted()) {
    for (const binary of ['claude', 'claude.exe']) {
      const path = join(scope, name, binary);
      if (existsSync(path)) return [path];
    }
  }
  return undefined;
}

function noProgram(version: string, folder: string): TrackerError {
  return new TrackerError(
    'E_CLAUDE_INSTALL',
    `Claude Code ${version} in ${folder} holds no program.`,
    {
      hint: 'Is there a package of it for this platform? Remove the folder to install it again.',
    },
  );
}
