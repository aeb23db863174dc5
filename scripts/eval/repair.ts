// `npm run eval:repair`: damages copies of a database in many ways, repairs each, and prints what was lost beside
// what plain SQL could still read of it.
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { removeDatabase } from '../../lib/store/maintenance/database-file.ts';
import { Random } from '../bench/measure/random.ts';
import { makeBaseDatabases } from './repair/base-databases.ts';
import { DAMAGE_KINDS } from './repair/damage-kinds.ts';
import { comparedTables, plainRows } from './repair/plain-sql.ts';
import { Repairer } from './repair/repairer.ts';
import { addScore, compareRows, emptyScore, renderScores } from './repair/score.ts';
import type { RepairScore } from './repair/score.ts';

const { values } = parseArgs({
  options: {
    copies: { type: 'string', default: '1000' },
    events: { type: 'string', default: '1200' },
    from: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    kind: { type: 'string', default: '' },
    limit: { type: 'string', default: '120' }, // seconds that a repair may take
    verbose: { type: 'boolean', default: false },
  },
});
const kinds = DAMAGE_KINDS.filter(({ name }) => name.includes(values.kind));
/** What a repair may say instead of repairing. */
const REFUSALS = new Set(['E_DATABASE_NEWER', 'E_NOT_OURS', 'E_REPAIR_LOSES']);
const repairer = new Repairer(Number(values.limit) * 1_000);
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
    for (const suffix of ['', '-wal', '-journal']) {
      if (existsSync(damaged + suffix)) copyFileSync(damaged + suffix, probe + suffix);
    }
    const before = plainRows(probe, shapes);
    const answer = await repairer.repair(damaged);
    const say = (text: string) => {
      if (values.verbose) console.log(`${kind.name}, copy ${number}: ${text}`);
    };
    if ('code' in answer) {
      // It changed nothing: what plain SQL could read is still there.
      score.copies += 1;
      score.refused += 1;
      say(`${answer.code} ${answer.message}`);
      if (!REFUSALS.has(answer.code)) score.failed += 1;
      continue;
    }
    const { repair } = answer;
    const after = repair ? plainRows(repair.path, shapes) : before;
    const found = compareRows({ before, after, truths, repair });
    addScore(score, found);
    if (found.examples.length > 0) say(found.examples.join('; '));
    if (repair) removeDatabase(repair.path);
  }
  console.log(renderScores(scores));
  const isReached = [...scores.values()].every(
    ({ lost, failed, overstated }) => lost + failed + overstated === 0,
  );
  if (!isReached) process.exitCode = 1;
} finally {
  repairer.close();
  rmSync(folder, { recursive: true, force: true });
}
