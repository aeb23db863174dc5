import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { asString, isJsonObject } from '../base/json.ts';
import { readTail } from '../base/regular-file.ts';

/** A transcript of a session, as Claude Code keeps it. */
export interface Transcript {
  readonly session: string;
  readonly path: string;
  /** When it was written last, in milliseconds since 1970. */
  readonly at: number;
}

/** The transcripts of sessions in Claude Code's folder, the last written first. Reads only names and times. */
export function listTranscripts(claudeFolder: string): readonly Transcript[] {
  const projects = join(claudeFolder, 'projects');
  const found = namesIn(projects).flatMap((project) =>
    namesIn(join(projects, project)).flatMap((name) => {
      const session = SESSION_FILE.exec(name)?.[1];
      if (session === undefined) return [];
      const path = join(projects, project, name);
      const stats = lstatSync(path, { throwIfNoEntry: false });
      return stats?.isFile() ? [{ session, path, at: Math.floor(stats.mtimeMs) }] : [];
    }),
  );
  return found.toSorted((a, b) => b.at - a.at);
}

/** The folder that the session worked in; undefined when the end of the transcript names none. */
export function transcriptFolder(path: string): string | undefined {
  try {
    return readTail(path, TAIL_BYTES).split('\n').toReversed().map(folderIn).find(Boolean);
  } catch {
    return undefined; // it is gone, or may not be read
  }
}

// --- internal ---

/** Transcripts of subagents are named otherwise. */
const SESSION_FILE = /^([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\.jsonl$/;
/** How much of a transcript's end is read, in bytes. Each record of a conversation names the folder. */
const TAIL_BYTES = 64 * 1024;

/** The folder that a record names. The first line may be cut, the last one half written. */
function folderIn(line: string): string | undefined {
  if (!line.includes('"cwd"')) return undefined;
  try {
    const record: unknown = JSON.parse(line);
    return isJsonObject(record) ? asString(record['cwd']) : undefined;
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
