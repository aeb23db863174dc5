import { createRedactor } from '../../../lib/redact/redact.ts';
import type { Benchmark } from '../measure/benchmark.ts';
import { hostileTexts } from './hostile-texts.ts';
import { Random } from '../measure/random.ts';
import { SourceCode } from '../measure/source-code.ts';

/** Each unit is tried at this length first. */
const SHORT = 60_000;
/** The dearest are tried again at this one, where compiling no longer counts and the budget may end the work. */
const LONG = 2_000_000;
const DEAREST = 20;
const SHOWN = 5;

/** Measures what redaction takes for texts made to be slow, against source code. */
export const redactHostile: Benchmark = {
  name: 'redact-hostile',
  async *run() {
    const code = new SourceCode(new Random(1)).piece(2_000, 2_000);
    costOf(code); // compiles
    const floor = Math.min(costOf(code), costOf(code), costOf(code));
    const costs = [...hostileTexts(SHORT)].map(({ unit, text }) => ({ unit, cost: costOf(text) }));
    const dearest = costs
      .toSorted((a, b) => b.cost - a.cost)
      .slice(0, DEAREST)
      .map(({ unit }) => ({ unit, cost: costOf(unit.repeat(Math.ceil(LONG / unit.length))) }))
      .toSorted((a, b) => b.cost - a.cost);
    for (const { unit, cost } of dearest.slice(0, SHOWN)) {
      yield {
        what: `${LONG / 1e6} MB of ${JSON.stringify(unit)}, among the dearest of ${costs.length}`,
        ours: `${cost.toFixed(0)} ms/MB`,
        floor: `${floor.toFixed(0)} ms/MB`,
        value: cost / floor,
        limit: { kind: 'at most', value: 10, unit: 'x' },
      };
    }
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
