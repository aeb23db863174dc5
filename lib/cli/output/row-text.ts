import { basename } from 'node:path';
import { TEST_SESSION_PREFIX } from '../../store/queries/conditions.ts';
import type { Paint } from './table.ts';

/** A session id as people see it: its first 8 characters, after the prefix of a test. */
export function shortSession(id: string): string {
  const start = id.startsWith(TEST_SESSION_PREFIX) ? TEST_SESSION_PREFIX.length : 0;
  return id.slice(0, start + 8);
}

/** `a.ts`, `a.ts:7`, `a.ts:7-12`; the whole path with `withFolders`. */
export function fileAndLines(
  filePath: string,
  startLine: number | null,
  endLine: number | null,
  { withFolders = false }: { readonly withFolders?: boolean } = {},
): string {
  const file = withFolders ? filePath : basename(filePath);
  if (startLine === null) return file;
  return endLine === null || endLine === startLine
    ? `${file}:${startLine}`
    : `${file}:${startLine}-${endLine}`;
}

/** `path` without the project's root in front of it. */
export function withinProject(path: string, root: string | null): string {
  return root !== null && path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

/** The colour of an outcome. */
export function outcomePaint(outcome: string): Paint | undefined {
  switch (outcome) {
    case 'ok':
      return 'green';
    case 'failed':
      return 'red';
    case 'running':
      return 'cyan';
    default:
      return 'yellow';
  }
}

/** `1 session`, `2 sessions`; thousands apart. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** Bytes for people: `512 B`, `1.2 MB`. */
export function byteText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
