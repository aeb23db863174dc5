// `npm run eval:attribution`: makes up histories in which it is known who wrote each line, feeds their events
// to the code that ingest calls, and prints how much of what that says is true.
import { parseArgs } from 'node:util';
import { HISTORY_KINDS, simulate } from './attribution/history-kinds.ts';
import { renderReport, reportJson, verdict } from './attribution/report.ts';
import type { KindScore } from './attribution/report.ts';
import { emptyScore, scoreHistory } from './attribution/score.ts';
import { findSamples } from './attribution/source-samples.ts';
import { Random } from '../bench/measure/random.ts';

const USAGE = `Usage: npm run eval:attribution -- [options]

  --histories N  how many histories of each kind (24)
  --seed N       the first seed; each history has its own (1000000; those below were used to tune)
  --kind NAME    only kinds whose name contains NAME
  --json         print JSON
  --help         show this
`;

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '24' },
    seed: { type: 'string', default: '1000000' },
    kind: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const histories = Number(values.histories);
const seed = Number(values.seed);
const kinds = HISTORY_KINDS.filter(({ name }) => name.includes(values.kind));

if (values.help) {
  process.stdout.write(USAGE);
} else if (
  !Number.isInteger(histories) ||
  histories < 1 ||
  !Number.isInteger(seed) ||
  kinds.length === 0
) {
  process.stderr.write(USAGE);
  process.exitCode = 1;
} else {
  const samples = findSamples();
  const scores = kinds.map((kind): KindScore => {
    const score = emptyScore();
    for (let index = 0; index < histories; index += 1) {
      const own = seed + HISTORY_KINDS.indexOf(kind) * 10_000 + index;
      const history = simulate(kind, own, samples);
      const arrival = kind.arrival?.(history.events, new Random(own)) ?? history.events;
      scoreHistory(history, arrival, score);
    }
    return { name: kind.name, score };
  });
  const languages = [...new Set(samples.map(({ language }) => language))];
  process.stdout.write(
    values.json ? reportJson(scores, languages) : renderReport(scores, languages),
  );
  if (!verdict(scores, languages).every(({ reached }) => reached)) process.exitCode = 1;
}
