import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { sqlitePackage } from '../../base/sqlite-package.ts';

/** The native part of better-sqlite3 12; undefined where this Node.js loads another version, or it is missing. */
export function sqliteBinding(): string | undefined {
  const name = sqlitePackage(process.versions['napi']);
  if (name !== 'better-sqlite3-12') return undefined;
  // A CommonJS bundle has no import.meta.
  const require = createRequire((import.meta.url as string | undefined) ?? __filename);
  try {
    const folder = dirname(require.resolve(`${name}/package.json`));
    const file = join(folder, 'build', 'Release', 'better_sqlite3.node');
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined; // the connection class says what is wrong
  }
}
