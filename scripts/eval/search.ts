// `npm run eval:search`: looks up parts of real code, and prints which of the pieces that hold them are found, how fast,
// and how large the index is.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hexDigest } from '../../lib/base/digest.ts';
import { openDatabase } from '../../lib/store/database/database.ts';
import type { Database } from '../../lib/store/database/database.ts';
import { indexSearchChunk } from '../../lib/store/maintenance/search-index.ts';
import { search } from '../../lib/store/queries/search/search.ts';
import { Random } from '../bench/measure/random.ts';
import { codePieces } from './search/pieces.ts';

const { values } = parseArgs({
  options: {
    pieces: { type: 'string', default: '30000' },
    queries: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
  },
});

/** The shortest and longest text that is looked up. */
const LEAST_TEXT = 3;
const MOST_TEXT = 30;

const random = new Random(Number(values.seed) * 7_919);
const pieces = [...codePieces(Number(values.pieces), random)].map(({ code }) => code);
const folder = mkdtempSync(join(tmpdir(), 'eval-search-'));
const database = openDatabase(join(folder, 'tracker.db'));
try {
  store(database, pieces);
  const bytes = pieces.reduce((total, piece) => total + Buffer.byteLength(piece), 0);
  const start = process.cpuUsage();
  while (indexSearchChunk(database));
  const { user, system } = process.cpuUsage(start);
  const size = indexBytes(database);

  let [wanted, found, shown, right] = [0, 0, 0, 0];
  const milliseconds: number[] = [];
  for (let query = 0; query < Number(values.queries); query += 1) {
    const text = partOf(pieces[random.between(0, pieces.length - 1)] ?? '');
    if (text === undefined) continue;
    const began = performance.now();
    search(database, { text, limit: 20 });
    milliseconds.push(performance.now() - began);
    const isExact = text !== text.toLowerCase();
    const holding = new Set(
      pieces.flatMap((piece) =>
        (isExact ? piece : piece.toLowerCase()).includes(text) ? [idOf(piece)] : [],
      ),
    );
    const hits = search(database, { text, kinds: ['pattern'], limit: -1 }).hits;
    wanted += holding.size;
    shown += hits.length;
    const hit = hits.filter(({ patternId }) => holding.has(patternId ?? '')).length;
    found += hit;
    right += hit;
  }
  const sorted = milliseconds.toSorted((one, other) => one - other);
  const quantile = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  const rows: readonly (readonly [string, number, string, (figure: number) => boolean])[] = [
    [
      'found, of the pieces that hold the text, %',
      (100 * found) / wanted,
      '= 100',
      (it) => it === 100,
    ],
    ['holding it, of what is found, %', (100 * right) / shown, '>= 99', (it) => it >= 99],
    ['index, of the code', size / bytes, '<= 0.7', (it) => it <= 0.7],
    ['the first 20, median, ms', quantile(0.5), '', () => true],
    ['the first 20, 99 of 100 within, ms', quantile(0.99), '<= 25', (it) => it <= 25],
    ['to index a piece, CPU, ms', (user + system) / 1000 / pieces.length, '', () => true],
  ];
  console.log(`${pieces.length} pieces, ${(bytes / 1e6).toFixed(1)} MB, ${sorted.length} texts\n`);
  for (const [what, figure, limit, isReached] of rows) {
    const verdict = isReached(figure) ? '' : '  MISSED';
    console.log(`${what.padEnd(46)}${figure.toFixed(2).padStart(9)}  ${limit}${verdict}`);
    if (!isReached(figure)) process.exitCode = 1;
  }
} finally {
  database.close();
  rmSync(folder, { recursive: true, force: true });
}

/** A run of characters from one line; undefined if the piece has none that is long enough. */
function partOf(piece: string): string | undefined {
  const length = random.between(LEAST_TEXT, MOST_TEXT);
  const lines = piece.split('\n').filter((line) => line.trim().length >= length);
  if (lines.length === 0) return undefined;
  const line = (lines[random.between(0, lines.length - 1)] ?? '').trim();
  const start = random.between(0, line.length - length);
  const part = line.slice(start, start + length);
  return part.trim() === part ? part : undefined;
}

function store(to: Database, texts: readonly string[]): void {
  const event = to.prepare(
    `INSERT INTO events (id, event_id, session_id, name, received_at, size)
     VALUES (?, ?, 'session', 'PostToolUse', ?, 0)`,
  );
  const pattern = to.prepare(
    `INSERT INTO patterns (id, name, code, language, lines, origin, generation, lineage_id, occurrences,
       first_seen_at, last_seen_at)
     VALUES (?, 'file', ?, 'text', 1, 'created', 1, ?, 1, ?, ?)`,
  );
  const occurrence = to.prepare(
    `INSERT INTO occurrences (event_id, ordinal, pattern_id, action, session_id, tool_name, file_path, language,
       start_line, at)
     VALUES (?, 0, ?, 'created', 'session', 'Write', ?, 'text', 1, ?)`,
  );
  to.transaction(() => {
    for (const [index, code] of texts.entries()) {
      const [at, id] = [index + 1, idOf(code)];
      event.run(at, `event-${at}`, at);
      pattern.run(id, code, id, at, at);
      occurrence.run(`event-${at}`, id, `/files/${index % 1000}`, at);
    }
  })();
}

function idOf(code: string): string {
  return hexDigest(code, 16);
}

/** What the index takes: the other one, for similar code, is what `eval:similar` measures. */
function indexBytes(of: Database): number {
  return Number(
    of.prepare("SELECT sum(pgsize) FROM dbstat WHERE name GLOB 'search_*'").pluck().get(),
  );
}
