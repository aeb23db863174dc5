import { loadWholeConfig } from '../../config/config-file.ts';
import { checkFacts } from '../../health/checks/check-facts.ts';
import { CHECKS } from '../../health/checks/checks.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { runChecks } from '../output/check-report.ts';
import type { CheckResult } from '../output/check-report.ts';
import { printJson } from '../output/json-output.ts';
import { plainLine } from '../output/plain-text.ts';
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
      config: await loadWholeConfig(cli.paths),
    });
    const { results, failed, warned } = await runChecks(CHECKS, facts, cli, json);
    if (json) {
      const log = { path: cli.paths.logFile };
      printJson(cli, { ok: failed === 0, failed, warned, checks: results.map(forJson), log });
    } else cli.out(`Log: ${plainLine(cli.paths.logFile)}\n`);
    return failed === 0 ? 0 : 1;
  },
});

// --- internal ---

function forJson({ check: { id, title }, finding }: CheckResult) {
  const { status, found } = finding;
  return { id, title, status, found, mend: finding.status === 'ok' ? null : finding.mend };
}
