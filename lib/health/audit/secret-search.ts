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
      found.push(...secretLines(file, text, redactor.redactText(text).text));
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

const MARKER = /\[redacted:([a-z0-9-]+)\]/g;

function textOf(file: string, maxBytes: number): string {
  const bytes = readRegularBytes(file, maxBytes);
  const plain = file.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: maxBytes }) : bytes;
  return plain.toString('utf8');
}

/** Finds the places of the markers in the text as it was: what stands between them did not change. */
function secretLines(file: string, text: string, redacted: string): SecretLine[] {
  const kinds = new Map<number, Set<string>>();
  let line = 1;
  let at = 0;
  let from = 0;
  for (const { 0: marker, 1: kind = '', index } of redacted.matchAll(MARKER)) {
    const kept = redacted.slice(from, index);
    const next = text.indexOf(kept, at) + kept.length;
    line += linesIn(text.slice(at, next));
    at = next;
    from = index + marker.length;
    if (text.startsWith(marker, at)) continue; // it was redacted before
    const known = kinds.get(line) ?? new Set();
    kinds.set(line, known.add(kind));
  }
  return [...kinds].map(([number, found]) => ({ file, line: number, kinds: [...found] }));
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}
