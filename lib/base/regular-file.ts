import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { errorCode, TrackerError } from './errors.ts';

/** How much of a file is read where the caller sets no other bound, in bytes. */
const USUAL_BYTES = 8 * 1024 * 1024;

/**
 * The text of a file, in UTF-8. Whatever lies at `path`, it neither blocks nor reads without end. (A network
 * file system that hangs does block: Node.js has no way to look at a path with a deadline.)
 *
 * @throws TrackerError E_NO_FILE for a folder, a FIFO, a socket or a device, E_LARGE_FILE for more than
 *   `maxBytes`, 8 MiB by default; the system's error otherwise
 */
export function readRegularFile(path: string, maxBytes = USUAL_BYTES): string {
  return readRegularBytes(path, maxBytes).toString('utf8');
}

/**
 * The text of a file that was listed as a regular one just before, so that its kind need not be asked again before it
 * is opened. A link that has taken its place is not followed; otherwise like {@link readRegularFile}.
 */
export function readListedFile(path: string, maxBytes: number): string {
  const file = openListed(path);
  return readWhole(path, maxBytes, (read) => withOpenFile(path, file, read)).toString('utf8');
}

/**
 * The bytes of a file; otherwise like {@link readRegularFile}. `check` is given the open file before it is read and
 * afterwards, and may throw.
 */
export function readRegularBytes(
  path: string,
  maxBytes = USUAL_BYTES,
  check: (stats: Stats) => void = () => {},
): Buffer {
  const checked = (read: Read<Buffer>) =>
    withRegularFile(path, (file, size) => {
      check(fstatSync(file));
      const bytes = read(file, size);
      check(fstatSync(file));
      return bytes;
    });
  return readWhole(path, maxBytes, checked);
}

/** The first `maxBytes` bytes of a file as UTF-8; otherwise like {@link readTail}. */
export function readHead(path: string, maxBytes: number): string {
  return withRegularFile(path, (file, size) => readBytes(file, 0, maxBytes, size)).toString('utf8');
}

/**
 * The last `maxBytes` bytes of a file as UTF-8; the first character may be cut.
 *
 * @throws TrackerError E_NO_FILE when it is no regular file; the system's error otherwise
 */
export function readTail(path: string, maxBytes: number): string {
  return withRegularFile(path, (file, size) =>
    readBytes(file, Math.max(0, size - maxBytes), maxBytes, size),
  ).toString('utf8');
}

/**
 * Checks that `path` is a regular file.
 *
 * @throws TrackerError E_NO_FILE when it is something else; the system's error when nothing is there
 */
export function checkRegularFile(path: string): void {
  checkKind(path, statSync(path));
}

/**
 * Removes a FIFO, a device, a socket or a link where a file of our own is about to be written: opening a FIFO
 * to write would block, and a link leads elsewhere. A folder is left for the write to fail on.
 */
export function makeWayForFile(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats && !stats.isFile() && !stats.isDirectory()) unlinkSync(path);
}

/**
 * Makes the file in which capture counts the events it drops, with a first byte. That allocates a block, so that
 * dropped events can still be counted when the disk is full. A FIFO or a link in its place is removed: opening a FIFO
 * would wait, and a link leads elsewhere.
 *
 * @throws the system's error
 */
export function makeDropsFile(path: string): void {
  makeWayForFile(path);
  if ((lstatSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0) return;
  writeFileSync(path, '\n', { mode: 0o600, flag: 'a' });
}

// --- internal ---

/** Opening a FIFO or a terminal must neither wait nor make it ours. Windows lacks both flags. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

type Read<T> = (file: number, size: number) => T;

function readWhole(path: string, maxBytes: number, using: (read: Read<Buffer>) => Buffer): Buffer {
  const bytes = using((file, size) => {
    if (size > maxBytes) throw tooLarge(path, maxBytes);
    return readBytes(file, 0, maxBytes + 1, size); // one more, because the file may be growing
  });
  if (bytes.length > maxBytes) throw tooLarge(path, maxBytes);
  return bytes;
}

function openListed(path: string): number {
  try {
    return openSync(path, READ | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (errorCode(error) === 'ELOOP' || errorCode(error) === 'ENXIO')
      checkKind(path, lstatSync(path));
    throw error;
  }
}

/**
 * Hands `read` an open regular file and its size. The kind is checked before, because opening a device may
 * have an effect, and again when it is open, because another file may have taken the place.
 */
function withRegularFile<T>(path: string, read: Read<T>): T {
  checkRegularFile(path);
  return withOpenFile(path, openSync(path, READ), read);
}

function withOpenFile<T>(path: string, file: number, read: Read<T>): T {
  try {
    const stats = fstatSync(file);
    checkKind(path, stats);
    return read(file, stats.size);
  } finally {
    closeSync(file);
  }
}

/** Reads until the end or `maxBytes`. A size of 0 says nothing: files in /proc have it. */
function readBytes(file: number, from: number, maxBytes: number, size: number): Buffer {
  let buffer = Buffer.allocUnsafe(Math.min(maxBytes, size - from + 1));
  let length = 0;
  for (;;) {
    const read = readSync(file, buffer, length, buffer.length - length, from + length);
    length += read;
    const isAll = read === 0 || length >= maxBytes || (size > 0 && length === size - from);
    if (isAll) return buffer.subarray(0, length);
    if (length < buffer.length) continue;
    const larger = Buffer.allocUnsafe(Math.min(maxBytes, 2 * length + 4096));
    buffer.copy(larger);
    buffer = larger;
  }
}

function checkKind(path: string, stats: Stats): void {
  if (stats.isFile()) return;
  throw new TrackerError('E_NO_FILE', `${path}: it is ${kindOf(stats)}, not a file`, {
    hint: 'Put a file in its place.',
  });
}

function tooLarge(path: string, maxBytes: number): TrackerError {
  return new TrackerError('E_LARGE_FILE', `${path}: it holds more than ${maxBytes} bytes`, {
    hint: 'Is it the right file? Nothing of this kind needs so much.',
  });
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a FIFO';
  if (stats.isSymbolicLink()) return 'a link';
  return stats.isSocket() ? 'a socket' : 'a device';
}
