import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { cachedPackage } from './package-cache.ts';

/** Installs a version of Node.js from npm, once: see {@link cachedPackage}. Returns the folder of `node`. */
export async function installNode(version: string, env: NodeJS.ProcessEnv): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const find = (folder: string) => {
    const bin = join(folder, 'node_modules', name, 'bin');
    return Promise.resolve(existsSync(join(bin, 'node')) ? bin : undefined);
  };
  return cachedPackage({ what: `${name}@${version}`, folder: `${name}-${version}`, find }, env);
}
