import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../../base/errors.ts';
import { asString, isJsonObject } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { readHead, readListedFile } from '../../base/regular-file.ts';

/** A file of a session's transcript: that of the session itself, or of one of its subagents. */
export interface TranscriptFile {
  readonly path: string;
  readonly bytes: number;
  /** The subagent whose file it is; undefined for the session's own. */
  readonly agentId: string | undefined;
}

/** All that Claude Code keeps of one session. */
export interface TranscriptSession {
  readonly id: string;
  /** The session's own file. It may be gone while those of its subagents are still there. */
  readonly path: string;
  readonly files: readonly TranscriptFile[];
  /** All files together. */
  readonly bytes: number;
  /** When the first of them was made, as far as the file system tells, in milliseconds since 1970. */
  readonly madeAt: number;
  /** When one of them was written last. */
  readonly writtenAt: number;
}

/** What `agent-ID.meta.json` tells of a subagent; undefined for what it does not. */
export interface AgentMeta {
  readonly agentType: string | undefined;
  /** The call that started it. */
  readonly toolUseId: string | undefined;
  readonly parentAgentId: string | undefined;
  readonly depth: number | undefined;
  readonly model: string | undefined;
  readonly isBackground: boolean;
  readonly isFinished: boolean;
}

/**
 * The sessions below some files and folders, those that were begun first at the front, so that a fork comes after what it
 * was forked from. Reads names and times only, and the beginning of a subagent's file that lies where none should.
 *
 * @param paths transcripts, folders of projects, or folders of those; a subagent's stand for the session that it worked for
 * @param onUnreadable called for what cannot be looked into; the rest is
 */
export function findSessions(
  paths: readonly string[],
  onUnreadable: (path: string, error: unknown) => void = () => {},
): TranscriptSession[] {
  const found = new Map<string, Found>();
  const seen = new Set<string>();
  const look: Look = {
    onUnreadable,
    onFile(file, stats) {
      if (seen.has(file)) return;
      seen.add(file);
      const owner = ownerOf(file);
      if (owner === undefined) return;
      const known = found.get(owner.session) ?? { path: undefined, files: [], stats: [] };
      found.set(owner.session, known);
      // A session that moved with a work tree may have left a file behind: only one of them can be the session's own.
      if (owner.agentId === undefined && (known.path === undefined || file < known.path)) {
        known.path = file;
      }
      known.files.push({ path: file, bytes: stats.size, agentId: owner.agentId });
      known.stats.push(stats);
    },
  };
  for (const path of paths) lookInto(rootOf(path), 0, look);
  for (const [id, { path, files }] of found) {
    if (path === undefined) lookInto(mainPath(files[0]?.path ?? '', id), 0, look);
  }
  return [...found]
    .map(([id, { path, files, stats }]): TranscriptSession => ({
      id,
      path: path ?? mainPath(files[0]?.path ?? '', id),
      files,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      madeAt: Math.min(...stats.map(madeAt)),
      writtenAt: Math.floor(Math.max(...stats.map(({ mtimeMs }) => mtimeMs))),
    }))
    .toSorted((a, b) => a.madeAt - b.madeAt || (a.id < b.id ? -1 : 1));
}

/** The session whose own transcript lies at `path`, with its subagents' files; undefined when there is none. */
export function sessionAt(path: string): TranscriptSession | undefined {
  const id = SESSION_FILE.exec(basename(path))?.[1];
  if (id === undefined) return undefined;
  return findSessions([path]).find((session) => session.id === id);
}

/** What the file beside a subagent's transcript tells of it. */
export function readAgentMeta(path: string): AgentMeta {
  let meta: JsonObject = {};
  try {
    const value: unknown = JSON.parse(
      readListedFile(path.replace(/\.jsonl$/, '.meta.json'), META_BYTES),
    );
    if (isJsonObject(value)) meta = value;
  } catch {
    // An older version has written none.
  }
  const depth = meta['spawnDepth'];
  return {
    agentType: asString(meta['agentType']),
    toolUseId: asString(meta['toolUseId']),
    parentAgentId: asString(meta['parentAgentId']),
    depth: Number.isSafeInteger(depth) ? (depth as number) : undefined,
    model: asString(meta['model']),
    isBackground: meta['requestShape'] === 'background',
    isFinished: meta['finished'] === true,
  };
}

// --- internal ---

/** Claude Code's own ids are in small letters; one that a person chose with `--session-id` may not be. */
const SESSION_FILE = /^([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\.jsonl$/i;
const AGENT_FILE = /^agent-([\w-]{1,100})\.jsonl$/;
/** How much of a stray subagent's file is read to learn its session, in bytes. */
const HEAD_BYTES = 64 * 1024;
const META_BYTES = 64 * 1024;
/** `projects/SLUG/SESSION/subagents/workflows/RUN/FILE` below the folder that is named, and one more. */
const MAX_DEPTH = 7;

interface Found {
  path: string | undefined;
  readonly files: TranscriptFile[];
  readonly stats: Stats[];
}

interface Look {
  readonly onFile: (path: string, stats: Stats) => void;
  readonly onUnreadable: (path: string, error: unknown) => void;
}

/** Links in a folder are not followed: what they lead to is found where it lies. */
function lookInto(path: string, depth: number, look: Look): void {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() === true && path.endsWith('.jsonl')) {
      look.onFile(path, stats);
      if (depth > 0) return;
      const session = SESSION_FILE.exec(basename(path))?.[1];
      if (session !== undefined) lookInto(join(dirname(path), session), 1, look);
    } else if (stats?.isDirectory() === true && depth < MAX_DEPTH) {
      for (const name of readdirSync(path).toSorted()) lookInto(join(path, name), depth + 1, look);
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') look.onUnreadable(path, error); // else it went meanwhile
  }
}

/** A folder that is named may be a link, such as into the place where a user keeps such folders. */
function rootOf(path: string): string {
  try {
    return statSync(path).isDirectory() ? realpathSync(path) : path;
  } catch {
    return path;
  }
}

function ownerOf(path: string): { session: string; agentId: string | undefined } | undefined {
  const name = basename(path);
  const session = SESSION_FILE.exec(name)?.[1];
  if (session !== undefined) return { session, agentId: undefined };
  const agentId = AGENT_FILE.exec(name)?.[1];
  if (agentId === undefined) return undefined;
  const above = sessionFolder(path);
  if (above !== undefined) return { session: basename(above), agentId };
  const told = sessionIn(path);
  return told === undefined ? undefined : { session: told, agentId };
}

/** The folder of the session whose `subagents` the file lies in, or below: a workflow's have folders of their own. */
function sessionFolder(agentFile: string): string | undefined {
  let folder = dirname(agentFile);
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const above = dirname(folder);
    if (basename(folder) === 'subagents' && SESSION_FILE.test(`${basename(above)}.jsonl`)) {
      return above;
    }
    folder = above;
  }
  return undefined;
}

/** Older versions kept subagents' files beside the session's. The first record may be longer than what is read of it. */
function sessionIn(path: string): string | undefined {
  try {
    return /"sessionId": ?"([\w-]{1,100})"/.exec(readHead(path, HEAD_BYTES))?.[1];
  } catch {
    return undefined; // it cannot be read
  }
}

function mainPath(agentFile: string, session: string): string {
  return join(dirname(sessionFolder(agentFile) ?? agentFile), `${session}.jsonl`);
}

function madeAt({ birthtimeMs, mtimeMs }: Stats): number {
  return birthtimeMs > 0 ? Math.min(birthtimeMs, mtimeMs) : mtimeMs;
}
