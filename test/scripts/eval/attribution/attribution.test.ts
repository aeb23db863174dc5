import { expect, it } from 'vitest';
import { Random } from '../../../../scripts/bench/measure/random.ts';
import { HISTORY_KINDS, simulate } from '../../../../scripts/eval/attribution/history-kinds.ts';
import { renderReport, verdict } from '../../../../scripts/eval/attribution/report.ts';
import { emptyScore, scoreHistory } from '../../../../scripts/eval/attribution/score.ts';
import { findSamples } from '../../../../scripts/eval/attribution/source-samples.ts';
import { times } from '../../../support/depth.ts';

const isDeep = times(0, 1) === 1;

/** Not those of the report, and not those that the engine was tuned with. */
const SEED = 500_000;

// Costs depend on the machine, and this project has files of few languages. A few histories of one kind
// say little about it: a dozen lines are a percent.
const NOT_HERE = /^(?:CPU|state|languages)/;
// The lines of thirty histories tell a share to a quarter of a percent. Of people's edits and formatters, which are seldom
// taken for something else, more has to be known: `npm run eval:attribution` judges them.
const JUDGED = isDeep
  ? /^(?!right event, (?:human|formatter))/
  : /over all|people's lines|ranges|undisturbed|generation/;

it('says who wrote the lines of made-up histories, as often as is asked', () => {
  const samples = findSamples(['lib', 'docs', 'scripts', 'test', 'deploy']);
  const scores = HISTORY_KINDS.map((kind, place) => {
    const score = emptyScore();
    for (let index = 0; index < times(4, 30); index += 1) {
      const seed = SEED + place * 1000 + index;
      const history = simulate(kind, seed, samples);
      const arrival = kind.arrival?.(history.events, new Random(seed)) ?? history.events;
      scoreHistory(history, arrival, score);
    }
    return { name: kind.name, score };
  });
  const missed = verdict(scores, []).filter(
    ({ what, reached }) => !reached && JUDGED.test(what) && !NOT_HERE.test(what),
  );
  expect(missed, renderReport(scores, [])).toEqual([]);
});

it('finds a score wrong that is wrong', () => {
  const score = emptyScore();
  score.lines.all = 100;
  score.lines.right = 90;
  const [overall] = verdict([{ name: 'clean', score }], []);
  expect(overall).toMatchObject({ value: '90.00', reached: false });
});
