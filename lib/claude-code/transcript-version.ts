import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { asString, isJsonObject } from '../base/json.ts';
import { readTail } from '../base/regular-file.ts';
import { parseClaudeVersion } from './version.ts';

/** How much of a transcript's end is read, in bytes. Each record there names the version. */
const TAIL_BYTES = 64 * 1024;

/**
 * The version of Claude Code that wrote the end of a transcript; undefined when there is no such file, or its
 * end names none. Nothing else is taken from it.
 */
export function transcriptVersion(path: string): string | undefined {
  try {
    const lines = readTail(path, TAIL_BYTES).split('\n');
    return lines.toReversed().map(versionIn).find(Boolean);
  } catch {
    return undefined; // the file is not there yet, or may not be read
  }
}

/** The version in the transcript of `claudeFolder` that was written last; undefined when there is none. */
export function newestTranscriptVersion(claudeFolder: string): string | undefined {
  const projects = join(claudeFolder, 'projects');
  const files = namesIn(projects).flatMap((project) =>
    namesIn(join(projects, project))
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => join(projects, project, name)),
  );
  const written = files.map((path) => ({ path, at: writtenAt(path) }));
  const newest = written.toSorted((a, b) => a.at - b.at).at(-1);
  return newest && transcriptVersion(newest.path);
}

// --- internal ---

/** The version that a record names. The first line may be cut, the last one half written. */
function versionIn(line: string): string | undefined {
  if (!line.includes('"version"')) return undefined;
  try {
    const record: unknown = JSON.parse(line);
    return isJsonObject(record) ? parseClaudeVersion(asString(record['version']) ?? '') : undefined;
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function writtenAt(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
