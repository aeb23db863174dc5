import { constants, fstatSync, openSync, read } from 'node:fs';
import { errorCode } from '../../base/errors.ts';
import { asString, isJsonObject } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';

/** What Claude Code said on standard input. */
export interface SessionInput {
  /** As it came, for another status line. */
  readonly text: string;
  /** The session's id; undefined when the input does not name one. */
  readonly session: string | undefined;
}

/**
 * Reads standard input until it is a whole JSON document. It does not wait for the end, because versions of
 * Claude Code have kept it open (anthropics/claude-code#59966), nor longer than a second, nor for a person at a
 * terminal. The modules behind process.stdin would take a fifth of the time that Node.js takes to start.
 */
export async function readSessionInput(): Promise<SessionInput> {
  const kind = fstatSync(STDIN);
  const isInput = kind.isFile() || kind.isFIFO() || kind.isSocket();
  const text = isInput ? await readDocument(kind.isFIFO() ? openPipe() : STDIN) : '';
  return { text, session: asString(parsed(text)?.['session_id']) };
}

// --- internal ---

const STDIN = 0;
const WAIT_MS = 1_000;
const RETRY_MS = 5;
/** Claude Code sends some 2 KB. */
const MOST_BYTES = 1024 * 1024;

/** Opens a pipe so that reading it does not block: a blocked read would keep the process from ending. */
function openPipe(): number {
  if (process.platform !== 'linux') return STDIN;
  return openSync('/proc/self/fd/0', constants.O_RDONLY | constants.O_NONBLOCK);
}

async function readDocument(file: number): Promise<string> {
  const buffer = Buffer.allocUnsafe(MOST_BYTES);
  let length = 0;
  let isDone = false;
  return await new Promise((resolve) => {
    const text = () => buffer.toString('utf8', 0, length);
    const finish = () => {
      clearTimeout(timer);
      isDone = true;
      resolve(text());
    };
    const timer = setTimeout(finish, WAIT_MS);
    const next = () =>
      read(file, buffer, length, buffer.length - length, null, (error, bytes) => {
        if (errorCode(error) === 'EAGAIN') return void (isDone || setTimeout(next, RETRY_MS));
        length += bytes;
        const isOver = error !== null || bytes === 0 || length === buffer.length;
        if (isOver || parsed(text()) !== undefined) finish();
        else next();
      });
    next();
  });
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined; // not whole yet, or not JSON at all
  }
}
