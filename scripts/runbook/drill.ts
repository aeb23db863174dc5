import type { PlacedBlock } from './blocks.ts';
import { FAULTS } from './faults.ts';
import type { FaultName } from './faults.ts';
import type { Installation } from './installation.ts';

/** How a block went. */
export interface BlockResult extends PlacedBlock {
  readonly result: 'passed' | 'failed' | 'not there yet';
  /** What was wrong with it; empty for one that passed. */
  readonly faults: readonly string[];
  readonly printed: string;
  readonly tookMs: number;
}

/** What a drill goes through. */
export interface DrillOptions {
  readonly blocks: readonly PlacedBlock[];
  /** The names of the commands that the program has. */
  readonly commands: readonly string[];
  /** Asks and measures less often, so that it takes half the time. */
  readonly isShort: boolean;
}

/** Runs every block in its fault, one after the other, on one installation. Claude works meanwhile. */
export async function* drill(
  on: Installation,
  { blocks, commands, isShort }: DrillOptions,
): AsyncGenerator<BlockResult> {
  let present: FaultName | undefined;
  const enter = async (wanted: FaultName | undefined): Promise<string[]> => {
    if (wanted === present) return [];
    if (present) await FAULTS[present].end?.(on);
    present = wanted;
    if (wanted === undefined) return [];
    await FAULTS[wanted].make(on);
    return (await FAULTS[wanted].isThere(on)) ? [] : [`the fault is not there: ${wanted}`];
  };
  for (const placed of blocks) {
    const { shell, needs, change, fault, sees, exitCode: expected = 0 } = placed.block;
    if (needs !== undefined && !commands.includes(needs)) {
      const faults = [`there is no command ${needs}`];
      yield { ...placed, result: 'not there yet', faults, printed: '', tookMs: 0 };
      continue;
    }
    await on.work();
    const notThere = await enter(fault);
    if (change) on.change(change.yaml);
    const startedAt = performance.now();
    const { exitCode, printed } = await on.run(isShort ? shortened(shell) : shell);
    const tookMs = performance.now() - startedAt;
    const faults = [
      ...notThere,
      ...(exitCode === expected ? [] : [`it ended with ${exitCode} instead of ${expected}`]),
      ...unseen(isShort ? sees.map(shortened) : sees, printed).map(
        (line) => `it did not print: ${line}`,
      ),
    ];
    yield { ...placed, result: faults.length === 0 ? 'passed' : 'failed', faults, printed, tookMs };
  }
  await enter(undefined);
}

/** The lines that were not printed, in this order; `…` stands for any text. */
export function unseen(lines: readonly string[], printed: string): string[] {
  let rest = printed.split('\n');
  return lines.filter((line) => {
    const parts = line.split('…').map((part) => part.replaceAll(SPECIAL, String.raw`\$&`));
    const at = rest.findIndex((one) => new RegExp(`^${parts.join('.*')}$`).test(one));
    rest = rest.slice(at + 1);
    return at === -1;
  });
}

/** What must hold at the end: nothing is lost, and all is well. Says what does not. */
export async function faultsAtTheEnd(on: Installation): Promise<string[]> {
  const faults: string[] = [];
  await on.settled().catch((error: unknown) => void faults.push(String(error)));
  const { given, recorded } = on.calls;
  if (recorded !== given) faults.push(`${given - recorded} of ${given} calls are lost`);
  if (on.served < given) faults.push(`the service has ${on.served} of ${given} patterns`);
  const { printed: checked } = await on.run('pattern-tracker check --json');
  const { checks } = JSON.parse(checked) as { readonly checks: readonly Checked[] };
  for (const { id, status, detail } of checks) {
    // Alerts look back: what was made on purpose an hour ago still counts.
    if (status === 'fail' && id !== 'alerts') faults.push(`check: ${id}: ${detail}`);
  }
  for (const command of ['health --probe', 'verify']) {
    const { exitCode, printed } = await on.run(`pattern-tracker ${command}`);
    if (exitCode !== 0) faults.push(`${command} ended with ${exitCode}: ${printed}`);
  }
  return faults;
}

// --- internal ---

interface Checked {
  readonly id: string;
  readonly status: string;
  readonly detail: string;
}

/** What means something in a regular expression. */
const SPECIAL = /[.*+?^${}()|[\]\\]/g;

function shortened(text: string): string {
  return text
    .replaceAll('--watch 10', '--watch 2')
    .replaceAll('--watch 20 --every 2', '--watch 3')
    .replaceAll('i < 1000', 'i < 200')
    .replaceAll('duration / 1000 *', 'duration / 200 *')
    .replaceAll('--ops 1000', '--ops 100');
}
