import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { TrackerError, errorMessage } from '../../../lib/base/errors.ts';

/** A package that tests need but the project does not depend on. */
export interface CachedPackage<Found> {
  /** `@anthropic-ai/claude-code@2.1.330` */
  readonly what: string;
  /** The name of its folder in the cache. */
  readonly folder: string;
  /** What is wanted of an installed package; undefined when the folder does not hold it. */
  readonly find: (folder: string) => Promise<Found | undefined>;
}

/**
 * Installs a package from npm, once, into a cache folder outside the project's dependencies: the next call
 * finds it there. The cache is `$CLAUDE_TEST_CACHE`, else `claude-pattern-tracker/claude-code` in the user's
 * cache folder. No install script is run.
 *
 * @throws TrackerError E_TEST_PACKAGE when npm fails, or the package lacks what is wanted.
 */
export async function cachedPackage<Found>(
  { what, folder, find }: CachedPackage<Found>,
  env: NodeJS.ProcessEnv,
): Promise<Found> {
  const cache = cacheFolder(env);
  const target = join(cache, folder);
  const present = await find(target);
  if (present) return present;

  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(join(cache, `.${folder}-`));
  try {
    await npmInstall(what, fresh, env);
    if (!(await find(fresh))) throw lacking(what, fresh);
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another run may have put it there meanwhile.
    if (!(await find(target))) throw error;
  }
  const found = await find(target);
  if (!found) throw lacking(what, target);
  return found;
}

// --- internal ---

const run = promisify(execFile);

function cacheFolder(env: NodeJS.ProcessEnv): string {
  const { CLAUDE_TEST_CACHE: own, XDG_CACHE_HOME: xdg, HOME: home } = env;
  if (own) return own;
  const caches = xdg || (home && join(home, '.cache'));
  if (!caches) {
    throw new TrackerError('E_TEST_PACKAGE', 'There is no folder to install packages into.', {
      hint: 'Set CLAUDE_TEST_CACHE to a folder that may hold about 700 MB.',
    });
  }
  return join(caches, 'claude-pattern-tracker', 'claude-code');
}

async function npmInstall(what: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  await writeFile(join(folder, 'package.json'), '{"private":true}\n');
  try {
    // --prefix: under `npm run`, the environment names the project's own folder.
    const flags = ['--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'];
    await run('npm', ['install', ...flags, what], { cwd: folder, env, timeout: 600_000 });
  } catch (error) {
    const message = `npm install ${what} failed: ${errorMessage(error)}`;
    throw new TrackerError('E_TEST_PACKAGE', message, {
      hint: 'Check that npm reaches its registry; the second run needs no network.',
      cause: error,
    });
  }
}

function lacking(what: string, folder: string): TrackerError {
  return new TrackerError('E_TEST_PACKAGE', `${what} in ${folder} holds no program.`, {
    hint: 'Is there a package of it for this platform? Remove the folder to install it again.',
  });
}
