import { constants, fstatSync, openSync, readSync } from 'node:fs';
import { errorCode } from '../../base/errors.ts';
import { asString, isJsonObject } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';

/** What Claude Code said on standard input. */
export interface SessionInput {
  /** All that it said; undefined when that is not JSON. */
  readonly said: JsonObject | undefined;
  /** As it came, for another status line. */
  readonly text: string;
  /** The session's id; undefined when the input does not name one. */
  readonly session: string | undefined;
}

/**
 * Reads standard input until it is a whole JSON document. It does not wait for the end, because versions of
 * Claude Code have kept it open (anthropics/claude-code#59966), nor for a person at a terminal, nor longer than
 * `waitMs` for a pipe, a second by default. For a socket, which Claude Code uses, Node.js cannot look without waiting: but Claude Code
 * writes all of it at once. It blocks, because reading in the background, or with the modules behind
 * process.stdin, would take a tenth to a third of the time that Node.js takes to start.
 */
export function readSessionInput(waitMs = WAIT_MS): SessionInput {
  const kind = fstatSync(STDIN);
  const isInput = kind.isFile() || kind.isFIFO() || kind.isSocket();
  const text = isInput ? readDocument(kind.isFIFO() ? openPipe() : STDIN, waitMs) : '';
  const said = parsed(text);
  return { said, text, session: asString(said?.['session_id']) };
}

// --- internal ---

const STDIN = 0;
const WAIT_MS = 1_000;
const RETRY_MS = 5;
/** Claude Code sends some 2 KB. */
const MOST_BYTES = 1024 * 1024;

/** Opens a pipe so that reading it does not block. */
function openPipe(): number {
  if (process.platform !== 'linux') return STDIN;
  return openSync('/proc/self/fd/0', constants.O_RDONLY | constants.O_NONBLOCK);
}

function readDocument(file: number, waitMs: number): string {
  const buffer = Buffer.allocUnsafe(MOST_BYTES);
  const until = performance.now() + waitMs;
  for (let length = 0; ;) {
    const bytes = readPart(file, buffer, length);
    if (bytes === undefined && performance.now() < until) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      continue;
    }
    length += bytes ?? 0;
    const text = buffer.toString('utf8', 0, length);
    if (!bytes || length === buffer.length || parsed(text) !== undefined) return text;
  }
}

/** The number of bytes read; 0 at the end, undefined when there is nothing to read yet. */
function readPart(file: number, buffer: Buffer, from: number): number | undefined {
  try {
    return readSync(file, buffer, from, buffer.length - from, null);
  } catch (error) {
    return errorCode(error) === 'EAGAIN' ? undefined : 0;
  }
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined; // not whole yet, or not JSON at all
  }
}
