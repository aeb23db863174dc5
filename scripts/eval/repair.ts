// `npm run eval:repair`: damages copies of a database in many ways, repairs each, and prints what was lost beside
// what plain SQL could still read of it.
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { errorCode, errorMessage } from '../../lib/base/errors.ts';
import { removeDatabase } from '../../lib/store/maintenance/database-file.ts';
import { stageRepair } from '../../lib/store/maintenance/repair.ts';
import { Random } from '../bench/measure/random.ts';
import { makeBaseDatabases } from './repair/base-databases.ts';
import { DAMAGE_KINDS } from './repair/damage-kinds.ts';
import { comparedTables, plainRows } from './repair/plain-sql.ts';
import { addScore, compareRows, emptyScore, renderScores } from './repair/score.ts';
import type { RepairScore } from './repair/score.ts';

const { values } = parseArgs({
  options: {
    copies: { type: 'string', default: '1000' },
    events: { type: 'string', default: '1200' },
    from: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    kind: { type: 'string', default: '' },
    verbose: { type: 'boolean', default: false },
  },
});
const kinds = DAMAGE_KINDS.filter(({ name }) => name.includes(values.kind));
const folder = mkdtempSync(join(tmpdir(), 'eval-repair-'));
try {
  const bases = await makeBaseDatabases(folder, Number(values.events));
  const shapes = comparedTables(bases.whole);
  const truths = [bases.whole, bases.older].map((path) => plainRows(path, shapes));
  const scores = new Map<string, RepairScore>(kinds.map(({ name }) => [name, emptyScore()]));
  const first = Number(values.from);
  for (let number = first; number < first + Number(values.copies); number++) {
    const kind = kinds[number % kinds.length];
    if (!kind) break;
    const seed = Number(values.seed) * 1_000_003 + number * 7_919 + 1;
    const score = scores.get(kind.name) ?? emptyScore();
    const damaged = join(folder, 'damaged.db');
    const probe = join(folder, 'probe.db');
    for (const path of [damaged, probe]) removeDatabase(path);
    kind.make(bases, damaged, new Random(seed));
    for (const suffix of ['', '-wal']) {
      if (existsSync(damaged + suffix)) copyFileSync(damaged + suffix, probe + suffix);
    }
    const before = plainRows(probe, shapes);
    let after = before;
    try {
      const repair = stageRepair({ damaged, database: damaged, acceptsLoss: true });
      if (repair) after = plainRows(repair.path, shapes);
      const found = compareRows({ before, after, truths, mended: repair?.mended ?? [] });
      addScore(score, found);
      if (values.verbose && found.lost > 0) {
        console.log(`${kind.name}, copy ${number}: ${found.examples.join('; ')}`);
      }
      if (repair) removeDatabase(repair.path);
    } catch (error) {
      // It changed nothing: what plain SQL could read is still there.
      score.copies += 1;
      score.refused += 1;
      const code = errorCode(error) ?? 'no code';
      if (values.verbose)
        console.log(`${kind.name}, copy ${number}: ${code} ${errorMessage(error)}`);
      if (code === 'E_REPAIR_FAILED' || code === 'no code') score.failed += 1;
    }
  }
  console.log(renderScores(scores));
  const isReached = [...scores.values()].every(({ lost, failed }) => lost + failed === 0);
  if (!isReached) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
