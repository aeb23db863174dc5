import { readdirSync, readFileSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { extname, join } from 'node:path';
import type { Random } from '../../bench/measure/random.ts';

/** A real file of some language. */
export interface SourceSample {
  readonly language: string;
  readonly extension: string;
  readonly lines: readonly string[];
}

/** Where real files are looked for: packages that are installed here and what systems bring along. */
const FOLDERS = [
  'lib',
  'docs',
  'deploy',
  'node_modules',
  '/usr/lib/python3',
  '/usr/lib/python3.11',
  '/usr/lib/python3.12',
  '/usr/lib/python3.13',
  '/usr/share/perl',
  '/usr/share/perl5',
  '/usr/include',
  '/usr/share/doc',
  '/usr/share/php',
  '/usr/lib/git-core',
  '/usr/lib/go',
  '/usr/lib/ruby',
];

const LANGUAGES: Readonly<Record<string, string>> = {
  '.ts': 'typescript',
  '.mts': 'typescript',
  '.js': 'javascript',
  '.cjs': 'javascript',
  '.mjs': 'javascript',
  '.py': 'python',
  '.go': 'go',
  '.rs': 'rust',
  '.rb': 'ruby',
  '.c': 'c',
  '.h': 'c',
  '.cpp': 'cpp',
  '.css': 'css',
  '.html': 'html',
  '.sh': 'shell',
  '.php': 'php',
  '.pm': 'perl',
  '.pl': 'perl',
  '.md': 'markdown',
  '.yml': 'yaml',
  '.yaml': 'yaml',
  '.json': 'json',
};

const MAX_A_LANGUAGE = 60;
/** A language with fewer files would repeat itself. */
const LEAST_A_LANGUAGE = 12;
const MAX_A_FOLDER = 4;
const LEAST_LINES = 40;
const MAX_BYTES = 60_000;

/**
 * Real files, at most 60 of each language, in an order that is the same in every run on one machine.
 *
 * @param folders where to look; of packages and the system, unless told
 */
export function findSamples(folders: readonly string[] = FOLDERS): readonly SourceSample[] {
  const samples: SourceSample[] = [];
  const counts = new Map<string, number>();
  const known = new Set<string>();
  for (const folder of folders) {
    for (const file of filesIn(folder)) {
      const extension = extname(file);
      const language = LANGUAGES[extension] ?? '';
      if ((counts.get(language) ?? 0) >= MAX_A_LANGUAGE) continue;
      const text = readFileSync(file, 'utf8');
      const lines = text.replaceAll('\r\n', '\n').split('\n');
      const isCode = text.length <= MAX_BYTES && !lines.some((line) => line.length > 400);
      if (!isCode || lines.length < LEAST_LINES || text.includes('\u0000')) continue;
      // The same file in another folder or for another loader would be a copy that nobody made.
      if (isMostlyKnown(lines, known)) continue;
      for (const line of lines) known.add(line.trim());
      counts.set(language, (counts.get(language) ?? 0) + 1);
      samples.push({ language, extension, lines });
    }
  }
  return samples.filter(({ language }) => (counts.get(language) ?? 0) >= LEAST_A_LANGUAGE);
}

/** Takes passages from samples, none of them twice. */
export class Passages {
  readonly #random: Random;
  readonly #samples: readonly SourceSample[];
  readonly #taken = new Set<string>();
  readonly #seen = new Set<string>();

  constructor(random: Random, samples: readonly SourceSample[]) {
    this.#random = random;
    this.#samples = samples;
  }

  /** Some consecutive lines that begin at the left margin if possible. */
  take(least: number, most: number): string[] {
    const length = this.#random.between(least, most);
    for (let tries = 0; tries < 40; tries += 1) {
      const at = this.#random.between(0, this.#samples.length - 1);
      const lines = this.#samples[at]?.lines ?? [];
      const start = this.#random.between(0, Math.max(0, lines.length - length));
      const keys = Array.from({ length }, (_, step) => `${at}:${start + step}`);
      if (tries < 30 && keys.some((key) => this.#taken.has(key))) continue;
      if (tries < 20 && /^\s|^$/.test(lines[start] ?? '')) continue;
      const passage = lines.slice(start, start + length).map((line) => line.trimEnd());
      const telling = passage.map((line) => line.trim()).filter((line) => line.length > 12);
      if (telling.length === 0) continue;
      // A license that stands in each file is nobody's in particular. A line that is common is no matter.
      const repeated = telling.filter((line) => this.#seen.has(line)).length;
      if (tries < 30 && repeated > 1 + telling.length / 20) continue;
      for (const line of telling) this.#seen.add(line);
      for (const key of keys) this.#taken.add(key);
      return passage;
    }
    return [`entry ${this.#random.hex(12)}`];
  }
}

// --- internal ---

const MOSTLY = 0.3;

function isMostlyKnown(lines: readonly string[], known: ReadonlySet<string>): boolean {
  const telling = lines.map((line) => line.trim()).filter((line) => line.length > 12);
  return telling.filter((line) => known.has(line)).length > telling.length * MOSTLY;
}

function* filesIn(folder: string, depth = 0): Iterable<string> {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return;
  }
  entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  let taken = 0;
  for (const entry of entries) {
    if (!entry.isFile() || taken >= MAX_A_FOLDER || /\.(?:d\.[mc]?ts|min\.\w+)$/.test(entry.name))
      continue;
    if (LANGUAGES[extname(entry.name)] === undefined) continue;
    taken += 1;
    yield join(folder, entry.name);
  }
  if (depth >= 4) return;
  for (const entry of entries) {
    if (entry.isDirectory() && !entry.name.startsWith('.'))
      yield* filesIn(join(folder, entry.name), depth + 1);
  }
}
