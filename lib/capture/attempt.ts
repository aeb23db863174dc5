import { appendFileSync } from 'node:fs';
import { sep } from 'node:path';
import { makeWayForFile } from '../base/regular-file.ts';
import { makeFolder } from './folder.ts';

/**
 * What a variable that a project's settings can set would have done: `h` give the data another home, which no
 * hook obeys; `d` switch recording off, which every hook obeys.
 */
export type AttemptKind = 'h' | 'd';

/**
 * Counts an attempt: one letter in the project's file in the folder `tried`. The file is named after the
 * project, with `%` and `/` written as `%25` and `%2F`. Never throws.
 */
export function countAttempt(
  tried: string,
  kind: AttemptKind,
  env: Readonly<Record<string, string | undefined>>,
): void {
  const project = env['CLAUDE_PROJECT_DIR'] || process.cwd();
  const name = project.replace(/[%/\\:]/g, encodeURIComponent);
  if (!tryAppend(tried, name, kind)) tryAppend(tried, OTHER_PROJECT, kind);
}

/** The name of the file for projects whose path is too long for the name of a file. */
export const OTHER_PROJECT = 'other';

/** The project that a file in the folder `tried` is named after; undefined for {@link OTHER_PROJECT}. */
export function triedProject(name: string): string | undefined {
  if (name === OTHER_PROJECT) return undefined;
  return name.replace(/%(25|2F|5C|3A)/g, (code) => decodeURIComponent(code));
}

// --- internal ---

function tryAppend(tried: string, name: string, kind: AttemptKind): boolean {
  try {
    makeFolder(tried);
    makeWayForFile(`${tried}${sep}${name}`); // a FIFO would wait
    appendFileSync(`${tried}${sep}${name}`, kind, { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}
