import { asArray, asObject, asString } from '../base/json.ts';
import type { Json } from '../base/json.ts';
import type { HookEvent } from './hook-event.ts';
import { succeeded } from './tool-call.ts';

/** A file that a call changed without its event telling what it holds. */
export interface FileChange {
  readonly filePath: string;
  /** `changed`: it was written, and its content is not known. */
  readonly change: 'deleted' | 'changed';
}

/** The most files that are noted of one event: a command may change a whole tree. */
const MAX_FILES = 1000;

/**
 * The files that a Bash command deleted, and those that it changed without Claude Code showing how: it shows five
 * files, none of a command that did not succeed, and never a binary one.
 */
export function fileChanges(event: HookEvent): FileChange[] {
  const diff = asObject(asObject(event.toolResponse)?.['bashEditDiff']);
  if (!diff) return [];
  const isShown = succeeded(event);
  const changes = new Map<string, FileChange['change'] | 'shown'>();
  for (const entry of asArray(diff['files'])) {
    const { filePath, hunks, deleted } = asObject(entry) ?? {};
    const path = asString(filePath);
    if (!path) continue;
    const shows = isShown && asArray(hunks).length > 0;
    changes.set(path, deleted === true ? 'deleted' : shows ? 'shown' : 'changed');
  }
  for (const path of pathsIn(diff['changedFiles'])) {
    if (!changes.has(path)) changes.set(path, 'changed');
  }
  return [...changes]
    .flatMap(([filePath, change]) => (change === 'shown' ? [] : [{ filePath, change }]))
    .slice(0, MAX_FILES);
}

// --- internal ---

function pathsIn(value: Json | undefined): string[] {
  return asArray(value).flatMap((path) => (typeof path === 'string' && path ? [path] : []));
}
