import { createRedactor } from '../../lib/redact/redact.ts';
import type { Benchmark } from './benchmark.ts';
import { hostileTexts } from './hostile-texts.ts';
import { Random } from './random.ts';
import { SourceCode } from './source-code.ts';

const LENGTH = 200_000;
/** So long that the budget ends the work. */
const LONG = 4_000_000;
const WORST = 5;

/** Measures what redaction takes for texts made to be slow, against source code of the same length. */
export const redactHostile: Benchmark = {
  name: 'redact-hostile',
  async *run() {
    const plain = new SourceCode(new Random(1)).piece(4_000, 4_000);
    costOf(plain); // compiles
    const floor = Math.min(costOf(plain), costOf(plain), costOf(plain));
    const costs = [...hostileTexts(LENGTH)].map(({ unit, text }) => ({ unit, cost: costOf(text) }));
    costs.sort((a, b) => b.cost - a.cost);
    for (const { unit, cost } of costs.slice(0, WORST)) {
      yield {
        what: `of ${costs.length} units, the dearest: ${JSON.stringify(unit)}`,
        ours: `${cost.toFixed(0)} ms/MB`,
        floor: `${floor.toFixed(0)} ms/MB`,
        value: cost / floor,
        limit: null,
      };
    }
    const [worst] = costs;
    const unit = worst?.unit ?? 'a';
    const cost = costOf(unit.repeat(Math.ceil(LONG / unit.length)));
    yield {
      what: `${LONG / 1e6} MB of the dearest, which the budget ends`,
      ours: `${cost.toFixed(0)} ms/MB`,
      floor: `${floor.toFixed(0)} ms/MB`,
      value: cost / floor,
      limit: { kind: 'at most', value: 30, unit: 'x' },
    };
  },
};

// --- internal ---

const redactor = createRedactor();

/** Milliseconds of the processor that a million characters take. */
function costOf(text: string): number {
  const started = process.cpuUsage();
  redactor.redactPayload({ tool_input: { content: text } });
  const { user, system } = process.cpuUsage(started);
  return ((user + system) / 1000 / text.length) * 1e6;
}
