import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fillSpool } from './backlog.ts';
import type { Benchmark } from '../measure/benchmark.ts';
import { CourierProcess } from './courier-process.ts';
import { Random } from '../measure/random.ts';

const FILES = 200_000;
const MEGABYTE = 1_000_000;
/** Just below what one event may have. */
const HOSTILE_BYTES = 31 * 2 ** 20;

/** Measures the most memory that a courier holds while it ingests a large backlog, and one event full of secrets. */
export const courierMemory: Benchmark = {
  name: 'courier-memory',
  async *run({ throwaway }) {
    const measured = async (fill: (spoolNew: string) => void): Promise<number> => {
      const paths = throwaway.home();
      fill(paths.spoolNew);
      const courier = new CourierProcess(throwaway, paths);
      await courier.emptiesSpool();
      const peak = courier.peakMemory() / MEGABYTE;
      await courier.end();
      return peak;
    };
    for (const [kind, text] of hostileTexts()) {
      const peak = await measured((spoolNew) => writeHostileEvent(spoolNew, text));
      yield {
        what: `peak memory, one event of ${Math.round(text.length / MEGABYTE)} MB of ${kind}`,
        ours: `${peak.toFixed(0)} MB`,
        floor: null,
        value: peak,
        limit: { kind: 'at most', value: 400, unit: 'MB' },
      };
    }
    let bytes = 0;
    const peak = await measured((spoolNew) => ({ bytes } = fillSpool(spoolNew, FILES)));
    yield {
      what: `peak memory, ${FILES} events waiting (${Math.round(bytes / MEGABYTE)} MB)`,
      ours: `${peak.toFixed(0)} MB`,
      floor: null,
      value: peak,
      limit: { kind: 'at most', value: 150, unit: 'MB' },
    };
  },
};

// --- internal ---

/** Texts of which nearly every word is something to remember. */
function* hostileTexts(): Generator<readonly [kind: string, text: string]> {
  const random = new Random(1);
  const lines = (line: () => string) => {
    const length = JSON.stringify(line()).length; // as the event has it, with its escapes
    return Array.from({ length: Math.floor(HOSTILE_BYTES / length) }, line).join('\n');
  };
  yield ['tokens', lines(() => `ghp_${random.hex(36)}`)];
  yield ['named secrets', lines(() => `DB_PASSWORD=${random.hex(14)}`)];
  yield ['escaped text', lines(() => `{\\"a\\": \\"${random.hex(7)}\\"}`)];
}

function writeHostileEvent(spoolNew: string, text: string): void {
  const event = {
    hook_event_name: 'PostToolUse',
    session_id: 's',
    tool_name: 'Bash',
    tool_use_id: 't',
    tool_input: { command: 'cat' },
    tool_response: { stdout: text },
  };
  writeFileSync(
    join(spoolNew, '00000000-0000-4000-8000-000000000000.settings'),
    JSON.stringify(event),
  );
}
