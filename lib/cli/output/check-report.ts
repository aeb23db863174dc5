import stringWidth from 'string-width';
import { counted } from '../../base/amount-text.ts';
import { errorMessage, TrackerError } from '../../base/errors.ts';
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

/** How the lines of a report begin. */
export type CheckMarks = Readonly<Record<CheckFinding['status'], string>>;

/** The marks of `doctor` and `audit`. */
const PLAIN_MARKS: CheckMarks = { ok: '✓', warn: '!', fail: '✗' };

/** Runs checks in turn. Prints what each found, and in the end how many failed, unless `isQuiet`. */
export async function runChecks<Facts>(
  checks: readonly Check<Facts>[],
  facts: Facts,
  cli: CliEnvironment,
  isQuiet: boolean | undefined,
  marks: CheckMarks = PLAIN_MARKS,
): Promise<CheckReport> {
  const width = Math.max(...checks.map(({ title }) => title.length));
  const results: CheckResult[] = [];
  for (const check of checks) {
    const result = { check, finding: await findingOf(check, facts, cli) };
    results.push(result);
    if (!isQuiet) cli.out(render(cli, result, marks, width));
  }
  const failed = countOf(results, 'fail');
  const warned = countOf(results, 'warn');
  if (!isQuiet) cli.out(`\n${closing(failed, warned)}\n`);
  return { results, failed, warned };
}

// --- internal ---

const COLORS = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

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
    const known = error instanceof TrackerError ? error.hint : undefined;
    return fail(
      errorMessage(error),
      known ?? 'Run it again with DEBUG=1, and report what it says.',
    );
  }
}

function render(
  cli: CliEnvironment,
  { check, finding: { status, ...finding } }: CheckResult,
  marks: CheckMarks,
  width: number,
): string {
  const paint = painter(cli.color);
  // An emoji is two columns wide.
  const columns = Math.max(...Object.values(marks).map((mark) => stringWidth(mark)));
  const mark = marks[status] + ' '.repeat(columns - stringWidth(marks[status]));
  const line = `${paint(COLORS[status], mark)} ${check.title.padEnd(width)}  ${plainLine(finding.found)}\n`;
  if (!('mend' in finding)) return line;
  return `${line}${' '.repeat(width + columns + 3)}${paint('cyan', '→')} ${plainLine(finding.mend)}\n`;
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
