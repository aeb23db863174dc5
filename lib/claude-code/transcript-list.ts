import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { asString, isJsonObject } from '../base/json.ts';
import { readHead, readTail } from '../base/regular-file.ts';

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

/** The folders that the session began and ended in, as far as the transcript's beginning and end name them. */
export function transcriptFolders(path: string): readonly string[] {
  try {
    const first = readHead(path, PART_BYTES).split('\n').map(folderIn).find(Boolean);
    const last = readTail(path, PART_BYTES).split('\n').toReversed().map(folderIn).find(Boolean);
    return [...new Set([first, last])].filter((folder) => folder !== undefined);
  } catch {
    return []; // it is gone, or may not be read
  }
}

// --- internal ---

/** Transcripts of subagents are named otherwise. */
const SESSION_FILE = /^([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\.jsonl$/;
/** How much of a transcript's ends is read, in bytes. Each record of a conversation names the folder. */
const PART_BYTES = 64 * 1024;

/** The folder that a record names, also one that is cut. Within a string of JSON, the quotes would be escaped. */
function folderIn(line: string): string | undefined {
  if (!line.includes('"cwd"')) return undefined;
  try {
    const record: unknown = JSON.parse(line);
    return isJsonObject(record) ? asString(record['cwd']) : undefined;
  } catch {
    const text = /"cwd":("(?:[^"\\]|\\.)*")/.exec(line)?.[1];
    return text === undefined ? undefined : parsedString(text);
  }
}

function parsedString(text: string): string | undefined {
  try {
    return asString(JSON.parse(text));
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
