import { lstatSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { errorMessage } from '../../base/errors.ts';
import { readRegularBytes } from '../../base/regular-file.ts';
import { createRedactor } from '../../redact/redact.ts';

/** A line of a file that holds what redaction takes for a secret. The secret itself is told nobody. */
export interface SecretLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** As in the marker that would replace it. */
  readonly kinds: readonly string[];
}

/** What was found in some files, and which of them were not searched to their end. */
export interface SecretSearch {
  readonly found: readonly SecretLine[];
  /** A file with the reason, in one line each. */
  readonly unread: readonly string[];
}

/** Most bytes that are searched, of all files together. Redaction takes up to a second for some MB of hostile text. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Searches files for secrets, with the rules of redaction. Links are not followed; rotated logs are unpacked. */
export function searchSecrets(files: readonly string[]): SecretSearch {
  const redactor = createRedactor();
  const found: SecretLine[] = [];
  const unread: string[] = [];
  let left = MAX_BYTES;
  for (const file of files) {
    const stats = lstatSync(file, { throwIfNoEntry: false });
    if (!stats) continue;
    if (!stats.isFile()) {
      unread.push(`${file} is no file`);
      continue;
    }
    try {
      const text = textOf(file, left);
      left -= text.length;
      let line = 1;
      for (const part of partsOf(text)) {
        const lines = secretLines(part, redactor.redactText(part).text);
        for (const [at, kinds] of lines) found.push({ file, line: line + at, kinds: [...kinds] });
        line += newlinesIn(part);
      }
    } catch (error) {
      unread.push(
        errorMessage(error).startsWith(file)
          ? errorMessage(error)
          : `${file}: ${errorMessage(error)}`,
      );
    }
  }
  return { found, unread };
}

/** `FILE:LINE (KIND)`. */
export function secretLineText({ file, line, kinds }: SecretLine): string {
  return `${file}:${line} (${kinds.join(', ')})`;
}

// --- internal ---

/** The length of a part in characters, up to the end of its last line. */
const PART_LENGTH = 256 * 1024;

const MARKER = /\[redacted:([a-z0-9-]+)\]/g;

function textOf(file: string, maxBytes: number): string {
  const bytes = readRegularBytes(file, maxBytes);
  const plain = file.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: maxBytes }) : bytes;
  return plain.toString('utf8');
}

/** The kinds found in each line, from 0. What stands between the markers did not change, and tells where they are. */
function secretLines(text: string, redacted: string): ReadonlyMap<number, ReadonlySet<string>> {
  const lines = new Map<number, Set<string>>();
  let line = 0;
  let at = 0;
  let from = 0;
  for (const { 0: marker, 1: kind = '', index } of redacted.matchAll(MARKER)) {
    const kept = redacted.slice(from, index);
    const next = text.indexOf(kept, at) + kept.length;
    line += newlinesIn(text.slice(at, next));
    at = next;
    from = index + marker.length;
    if (text.startsWith(marker, at)) continue; // it was redacted before
    const known = lines.get(line) ?? new Set();
    lines.set(line, known.add(kind));
  }
  return lines;
}

/** Whole lines, some at a time: redaction bounds its work on one text. */
function* partsOf(text: string): Generator<string> {
  for (let from = 0; from < text.length;) {
    const newline = text.indexOf('\n', from + PART_LENGTH);
    const end = newline === -1 ? text.length : newline + 1;
    yield text.slice(from, end);
    from = end;
  }
}

function newlinesIn(text: string): number {
  return text.split('\n').length - 1;
}
