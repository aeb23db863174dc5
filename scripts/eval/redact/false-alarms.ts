import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Redactor } from '../../../lib/redact/redact.ts';
import { Dice } from './dice.ts';

/** What a redactor takes out of ordinary files. */
export interface FalseAlarms {
  readonly files: number;
  readonly bytes: number;
  readonly milliseconds: number;
  /** Each file from which something was taken, with what was taken as far as markers tell. */
  readonly alarms: readonly Alarm[];
}

/** A file from which something was taken. */
export interface Alarm {
  readonly path: string;
  readonly count: number;
  /** The kinds of the markers, each once. */
  readonly kinds: readonly string[];
  /** The first line that changed, as it was. */
  readonly line: string;
}

/** Files from folders, at most `most` of them, chosen by the seed. Binaries and giants are left out. */
export function ordinaryFiles(folders: readonly string[], most: number, seed: number): string[] {
  const paths = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !BINARY.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const dice = new Dice('files', seed);
  const chance = paths.map((path) => ({ path, rank: dice.between(0, 2 ** 30) }));
  return chance
    .toSorted((a, b) => a.rank - b.rank || (a.path < b.path ? -1 : 1))
    .slice(0, most)
    .map(({ path }) => path)
    .toSorted();
}

/** Redacts files and tells from which something was taken. */
export function measureFalseAlarms(redactor: Redactor, paths: readonly string[]): FalseAlarms {
  const alarms: Alarm[] = [];
  let bytes = 0;
  let files = 0;
  let milliseconds = 0;
  for (const path of paths) {
    if (statSync(path).size > MOST_BYTES) continue;
    const text = readFileSync(path, 'utf8');
    if (text.includes('\0')) continue;
    files += 1;
    bytes += text.length;
    const started = performance.now();
    const redacted = redactor.redactText(text);
    milliseconds += performance.now() - started;
    if (redacted.count > 0) alarms.push(alarmOf(path, text, redacted));
  }
  return { files, bytes, milliseconds, alarms };
}

// --- internal ---

const BINARY =
  /\.(?:node|wasm|png|gz|tgz|zip|ico|woff2?|so|exe|dat|bin|jpe?g|sqlite|db)$|^\.DS_Store$/i;
const MOST_BYTES = 2 ** 20;
const MARKER = /\[redacted:([\w-]+)\]/g;

function alarmOf(path: string, text: string, redacted: { text: string; count: number }): Alarm {
  const before = text.split('\n');
  const kept = new Set(redacted.text.split('\n'));
  return {
    path,
    count: redacted.count,
    kinds: [...new Set([...redacted.text.matchAll(MARKER)].map(([, kind]) => kind ?? ''))],
    line: (before.find((line) => !kept.has(line)) ?? '').trim().slice(0, 160),
  };
}
