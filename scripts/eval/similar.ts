// `npm run eval:similar`: changes copies of real code, looks up what is similar, and prints how often the original is found,
// how much of what is shown is similar, how fast, and how large the index is.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hexDigest } from '../../lib/base/digest.ts';
import { openDatabase } from '../../lib/store/database/database.ts';
import type { Database } from '../../lib/store/database/database.ts';
import { findSimilar, LEAST_SCORE } from '../../lib/store/queries/search/similar.ts';
import { FingerprintWriter } from '../../lib/store/writers/fingerprint-writer.ts';
import { Random } from '../bench/measure/random.ts';
import type { CodePiece } from './search/pieces.ts';
import { isSimilar } from './similar/judge.ts';
import { mixedPieces } from './similar/mixed-pieces.ts';
import { isMutable, mutated, MUTATIONS } from './similar/mutations.ts';

const { values } = parseArgs({
  options: {
    pieces: { type: 'string', default: '30000' },
    queries: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
  },
});

/** One of so many pieces is not stored: what is shown for it is not its original. */
const HELD_OUT = 20;
/** The original counts as found if it is among so many. */
const FIRST = 10;

const random = new Random(Number(values.seed) * 7_919);
const pieces = mixedPieces(Number(values.pieces), random);
const stored = pieces.filter((_, index) => index % HELD_OUT !== 0);
const byId = new Map(stored.map((piece) => [idOf(piece), piece]));
const folder = mkdtempSync(join(tmpdir(), 'eval-similar-'));
const database = openDatabase(join(folder, 'tracker.db'));
try {
  store(database, stored);
  const before = pagesOf(database);
  const start = process.cpuUsage();
  index(database, stored);
  const { user, system } = process.cpuUsage(start);
  const size = (pagesOf(database) - before) * 4096;

  const [milliseconds, rows]: [number[], Row[]] = [[], []];
  const sources = stored.filter(isMutable);
  const strangers = pieces.filter((piece, at) => at % HELD_OUT === 0 && isMutable(piece));
  let [shown, right] = [0, 0];
  /** The score of the original among the first; 0 if it is not there. */
  const lookUp = (code: string, original: CodePiece): number => {
    const [began, id] = [process.cpuUsage(), idOf(original)];
    const filter = { code, codeLanguage: original.language, least: 0, limit: FIRST };
    const { hits } = findSimilar(database, filter);
    const { user: own, system: kernel } = process.cpuUsage(began);
    milliseconds.push((own + kernel) / 1000);
    for (const { patternId, score } of hits) {
      if (score < LEAST_SCORE) continue;
      const found = byId.get(patternId);
      shown += 1;
      if (patternId === id || (found && isSimilar(original, found))) right += 1;
    }
    return hits.find(({ patternId }) => patternId === id)?.score ?? 0;
  };
  const queries = Number(values.queries);
  for (const mutation of MUTATIONS) {
    const scores = Array.from({ length: queries }, () => {
      const original = pick(sources);
      return lookUp(mutated(original, mutation, random), original);
    });
    const share = (least: number) =>
      (100 * scores.filter((score) => score > 0 && score >= least).length) / queries;
    const limit = mutation === 'mixed' ? 92 : 97;
    rows.push(
      [`${mutation}: among the first ${FIRST}, %`, share(0), `>= ${limit}`, (it) => it >= limit],
      [`${mutation}: shown, %`, share(LEAST_SCORE), `>= ${limit}`, (it) => it >= limit],
    );
  }
  for (let query = 0; query < queries; query += 1) {
    const stranger = pick(strangers);
    lookUp(stranger.code, stranger);
  }
  const sorted = milliseconds.toSorted((one, other) => one - other);
  const quantile = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  rows.push(
    ['similar, of what is shown, %', (100 * right) / shown, '>= 98', (it) => it >= 98],
    ['median, CPU, ms', quantile(0.5), '', () => true],
    ['99 of 100 within, CPU, ms', quantile(0.99), '<= 25', (it) => it <= 25],
    ['index, KB a piece', size / 1024 / stored.length, '<= 0.8', (it) => it <= 0.8],
    [
      'to index a piece, CPU, ms',
      (user + system) / 1000 / stored.length,
      '<= 0.5',
      (it) => it <= 0.5,
    ],
  );
  console.log(`${stored.length} pieces, ${sorted.length} queries\n`);
  for (const [what, figure, limit, isReached] of rows) {
    const verdict = isReached(figure) ? '' : '  MISSED';
    console.log(`${what.padEnd(46)}${figure.toFixed(2).padStart(9)}  ${limit}${verdict}`);
    if (!isReached(figure)) process.exitCode = 1;
  }
} finally {
  database.close();
  rmSync(folder, { recursive: true, force: true });
}

type Row = readonly [string, number, string, (figure: number) => boolean];

function pick(from: readonly CodePiece[]): CodePiece {
  return from[random.between(0, from.length - 1)] ?? { code: '', language: '' };
}

function store(to: Database, all: readonly CodePiece[]): void {
  const pattern = to.prepare(
    `INSERT INTO patterns (id, name, code, language, lines, origin, generation, lineage_id, occurrences,
       first_seen_at, last_seen_at)
     VALUES (?, 'file', ?, ?, 1, 'created', 1, ?, 1, ?, ?)`,
  );
  to.transaction(() => {
    for (const [at, piece] of all.entries()) {
      pattern.run(idOf(piece), piece.code, piece.language, idOf(piece), at, at);
    }
  })();
}

/** In transactions of a hundred, as the courier does. */
function index(of: Database, all: readonly CodePiece[]): void {
  const writer = new FingerprintWriter(of);
  for (let at = 0; at < all.length; at += 100) {
    of.transaction(() => {
      for (const piece of all.slice(at, at + 100))
        writer.add(idOf(piece), piece.code, piece.language);
    })();
  }
}

function idOf({ code }: CodePiece): string {
  return hexDigest(code, 16);
}

function pagesOf(of: Database): number {
  return Number(of.pragma('page_count', { simple: true }));
}
