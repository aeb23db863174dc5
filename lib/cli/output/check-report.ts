import { counted } from '../../base/amount-text.ts';
import { errorMessage } from '../../base/errors.ts';
import { fail } from '../../health/checks/check.ts';
import type { Check, CheckFinding } from '../../health/checks/check.ts';
import type { CliEnvironment } from '../environment.ts';
import { painter } from '../listing/table.ts';
import { plainLine } from './plain-text.ts';

/** A check with what it found. */
export interface CheckResult {
  readonly check: Pick<Check, 'id' | 'title'>;
  readonly finding: CheckFinding;
}

/** What all checks found. */
export interface CheckReport {
  readonly results: readonly CheckResult[];
  readonly failed: number;
  readonly warned: number;
}

/** Runs checks in turn. Prints what each found, and in the end how many failed, unless `isQuiet`. */
export async function runChecks<Facts>(
  checks: readonly Check<Facts>[],
  facts: Facts,
  cli: CliEnvironment,
  isQuiet: boolean | undefined,
): Promise<CheckReport> {
  const width = Math.max(...checks.map(({ title }) => title.length));
  const results: CheckResult[] = [];
  for (const check of checks) {
    const result = { check, finding: await findingOf(check, facts, cli) };
    results.push(result);
    if (!isQuiet) cli.out(render(cli, result, width));
  }
  const failed = countOf(results, 'fail');
  const warned = countOf(results, 'warn');
  if (!isQuiet) cli.out(`\n${closing(failed, warned)}\n`);
  return { results, failed, warned };
}

// --- internal ---

const MARKS = { ok: ['✓', 'green'], warn: ['!', 'yellow'], fail: ['✗', 'red'] } as const;

/** What the check finds; a check that throws counts as failed. */
async function findingOf<Facts>(
  check: Check<Facts>,
  facts: Facts,
  cli: CliEnvironment,
): Promise<CheckFinding> {
  try {
    return await check.run(facts);
  } catch (error) {
    if (cli.env['DEBUG'] === '1' && error instanceof Error) cli.err(`${error.stack ?? ''}\n`);
    return fail(errorMessage(error), 'Run it again with DEBUG=1, and report what it says.');
  }
}

function render(cli: CliEnvironment, { check, finding }: CheckResult, width: number): string {
  const paint = painter(cli.color);
  const [mark, color] = MARKS[finding.status];
  const line = `${paint(color, mark)} ${check.title.padEnd(width)}  ${plainLine(finding.found)}\n`;
  if (finding.status === 'ok') return line;
  return `${line}${' '.repeat(width + 4)}${paint('cyan', '→')} ${plainLine(finding.mend)}\n`;
}

function closing(failed: number, warned: number): string {
  if (failed + warned === 0) return 'All is well.';
  const parts = [
    ...(failed > 0 ? [`${counted(failed, 'check')} failed`] : []),
    ...(warned > 0 ? [counted(warned, 'warning')] : []),
  ];
  return `${parts.join(', ')}.`;
}

function countOf(results: readonly CheckResult[], status: CheckFinding['status']): number {
  return results.filter(({ finding }) => finding.status === status).length;
}
