// `npx tsx scripts/eval/redact.ts`: what redaction finds of made-up secrets, and takes out of ordinary files.
import { parseArgs } from 'node:util';
import { createRedactor } from '../../lib/redact/redact.ts';
import { measureFalseAlarms, ordinaryFiles } from './redact/false-alarms.ts';
import { allKinds } from './redact/kind.ts';
import { allShapes, measureRecall } from './redact/recall.ts';
import { renderFalseAlarms, renderRecall } from './redact/report.ts';
import { UNSEEN_SHAPES } from './redact/unseen/unseen-shapes.ts';

const USAGE = `Usage: npx tsx scripts/eval/redact.ts [options] [FOLDER...]

  --seed N       other values, and other composed shapes (1)
  --kind TEXT    only kinds whose name contains TEXT
  --shape TEXT   only shapes whose name contains TEXT
  --unseen       the shapes that were thought up apart from the others
  --composed N   how many shapes are composed at random (300)
  --one-in N     try one in N pairs of a kind and a shape (10)
  --leaks N      show N of the secrets that leaked (20)
  --files N      at most N ordinary files, from FOLDERs or node_modules, lib and docs (8000; 0 for none)
  --only PART    recall or alarms
  --json         print JSON
  --help         show this
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    kind: { type: 'string', default: '' },
    shape: { type: 'string', default: '' },
    unseen: { type: 'boolean', default: false },
    composed: { type: 'string', default: '300' },
    'one-in': { type: 'string', default: '10' },
    leaks: { type: 'string', default: '20' },
    files: { type: 'string', default: '8000' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(USAGE);
} else {
  const redactor = createRedactor();
  const seed = Number(values.seed);
  const recall =
    values.only === 'alarms'
      ? undefined
      : measureRecall(redactor, {
          seed,
          oneIn: Number(values['one-in']),
          maxLeaks: Number(values.leaks),
          kinds: allKinds().filter(({ name }) => name.includes(values.kind)),
          shapes: (values.unseen ? UNSEEN_SHAPES : allShapes(Number(values.composed), seed)).filter(
            ({ name }) => name.includes(values.shape),
          ),
        });
  const folders = positionals.length > 0 ? positionals : ['node_modules', 'lib', 'docs'];
  const alarms =
    values.only === 'recall' || values.files === '0'
      ? undefined
      : measureFalseAlarms(redactor, ordinaryFiles(folders, Number(values.files), seed));
  if (values.json) {
    console.log(
      JSON.stringify(
        { recall, alarms },
        (_key, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value),
        2,
      ),
    );
  } else {
    if (recall) console.log(renderRecall(recall));
    if (alarms) console.log(renderFalseAlarms(alarms));
  }
}
