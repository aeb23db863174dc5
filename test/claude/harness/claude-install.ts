import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { cachedPackage } from './package-cache.ts';

/** An installed Claude Code. */
export interface ClaudeInstall {
  readonly version: string;
  /** Program and first arguments: the native binary alone, or node and `cli.js`. */
  readonly command: readonly [string, ...string[]];
}

/** Installs Claude Code from npm, once: see {@link cachedPackage}. */
export async function installClaude(
  version: string,
  env: NodeJS.ProcessEnv,
): Promise<ClaudeInstall> {
  const what = `@anthropic-ai/claude-code@${version}`;
  const command = await cachedPackage({ what, folder: version, find: programIn }, env);
  return { version, command };
}

// --- internal ---

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
