import { errorMessage } from '../../base/errors.ts';
import { loadConfig } from '../../config/config-file.ts';
import { checkFacts } from '../../health/checks/check-facts.ts';
import type { CheckFacts } from '../../health/checks/check-facts.ts';
import { fail } from '../../health/checks/check.ts';
import type { Check, CheckFinding } from '../../health/checks/check.ts';
import { CHECKS } from '../../health/checks/checks.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { printJson } from '../output/json-output.ts';
import { plainLine } from '../output/plain-text.ts';
import { counted } from '../../base/amount-text.ts';
import { painter } from '../listing/table.ts';
import { readClaudes, readInstallation } from '../installation.ts';

/** `doctor`: runs every check. */
export const doctorCommand = trackerCommand({
  name: 'doctor',
  summary: 'Check every part, and say how to mend what is broken.',
  examples: [
    'pattern-tracker doctor',
    'pattern-tracker doctor --json | jq \'.checks[] | select(.status != "ok")\'',
  ],
  details:
    'The parts are the links from Claude Code to the database. It starts a courier if none runs, and calls the hook once with an event of a session that lists leave out. Apart from that it only writes a probe file in the spool.',
  json: `{ok, failed, warned, checks: [{id, title, status: "ok" | "warn" | "fail", found, mend}], log:
{path}}; mend is null when the status is ok.`,
  exitCodes: '0 when nothing fails, else 1.',
  args: { ...common.jsonArg },
  async run({ json }, cli) {
    const facts = checkFacts(cli, {
      installation: readInstallation(cli, readClaudes(cli).version),
      config: loadConfig(cli.paths),
    });
    const results: CheckResult[] = [];
    for (const check of CHECKS) {
      const finding = await findingOf(check, facts, cli);
      results.push({ check, finding });
      if (!json) cli.out(render(cli, { check, finding }));
    }
    const failed = countOf(results, 'fail');
    const warned = countOf(results, 'warn');
    if (json) {
      const log = { path: cli.paths.logFile };
      printJson(cli, { ok: failed === 0, failed, warned, checks: results.map(forJson), log });
    } else cli.out(`\n${closing(failed, warned)}\nLog: ${plainLine(cli.paths.logFile)}\n`);
    return failed === 0 ? 0 : 1;
  },
});

// --- internal ---

const MARKS = { ok: ['✓', 'green'], warn: ['!', 'yellow'], fail: ['✗', 'red'] } as const;
const TITLE_WIDTH = Math.max(...CHECKS.map(({ title }) => title.length));

interface CheckResult {
  readonly check: Check;
  readonly finding: CheckFinding;
}

/** What the check finds; a check that throws counts as failed. */
async function findingOf(
  check: Check,
  facts: CheckFacts,
  cli: CliEnvironment,
): Promise<CheckFinding> {
  try {
    return await check.run(facts);
  } catch (error) {
    if (cli.env['DEBUG'] === '1' && error instanceof Error) cli.err(`${error.stack ?? ''}\n`);
    return fail(errorMessage(error), 'Run it again with DEBUG=1, and report what it says.');
  }
}

function render(cli: CliEnvironment, { check, finding }: CheckResult): string {
  const paint = painter(cli.color);
  const [mark, color] = MARKS[finding.status];
  const line = `${paint(color, mark)} ${check.title.padEnd(TITLE_WIDTH)}  ${plainLine(finding.found)}\n`;
  if (finding.status === 'ok') return line;
  return `${line}${' '.repeat(TITLE_WIDTH + 4)}${paint('cyan', '→')} ${plainLine(finding.mend)}\n`;
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

function forJson({ check: { id, title }, finding }: CheckResult) {
  const { status, found } = finding;
  return { id, title, status, found, mend: finding.status === 'ok' ? null : finding.mend };
}
