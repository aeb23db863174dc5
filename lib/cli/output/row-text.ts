import { basename } from 'node:path';
import { TEST_SESSION_PREFIX } from '../../store/queries/conditions.ts';
import type { Paint } from './table.ts';

/** A session id as tables show it: its first 8 characters, and before them the prefix of `capture-test`. */
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

/** The colour of a tool call's outcome. */
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
