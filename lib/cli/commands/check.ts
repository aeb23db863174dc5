import { loadWholeConfig } from '../../config/config-file.ts';
import { SINKS } from '../../delivery/sinks.ts';
import { checklistFacts } from '../../health/checklist/checklist-facts.ts';
import { CHECKLISTS } from '../../health/checklist/checklists.ts';
import type { ChecklistCheck } from '../../health/checklist/checklists.ts';
import { probeSinks } from '../../health/sink-probes.ts';
import { allowedRoute, allowEnvArg } from '../arguments/allow-env.ts';
import { UsageError } from '../arguments/usage-error.ts';
import { alertCheck } from '../alerts/alert-check.ts';
import { readAudit } from '../checklist/read-audit.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { readClaudes, readInstallation } from '../installation.ts';
import { runChecks } from '../output/check-report.ts';
import type { CheckResult } from '../output/check-report.ts';
import { printJson } from '../output/json-output.ts';

/** `check`: the checklists of operators, each as one screen. */
export const checkCommand = trackerCommand({
  name: 'check',
  summary: 'Go through the list of the day, the week or the month.',
  examples: [
    'pattern-tracker check',
    'pattern-tracker check --evening',
    'pattern-tracker check --json | jq \'.checks[] | select(.status != "ok")\'',
  ],
  details: `--daily, which is the default: services, the server's health and how long its answer takes, delivery (success rate,
trips, slow requests, backlog), errors in the log since yesterday, disk, certificates, tokens, completeness, the last backup,
configuration, alerts. --evening: the numbers of the day. --weekly: the services, and what \`maintain\` cares for. --monthly: that the
program is up to date, the database, backups, and all that \`audit\` looks at.

It asks the server once, starts nothing and changes nothing. What cannot be known is a warning, and says so.`,
  json: '{ok, checks: [{id, status: "ok" | "warn" | "fail", detail}]}, and with warn and fail mend: what to do.',
  exitCodes: '0 when nothing fails, else 1.',
  args: {
    daily: { type: 'boolean', description: 'What is looked at every morning (default)' },
    evening: { type: 'boolean', description: 'The numbers of the day' },
    weekly: { type: 'boolean', description: 'What is looked at once a week' },
    monthly: { type: 'boolean', description: 'What is looked at once a month' },
    ...allowEnvArg,
    ...common.jsonArg,
  },
  async run(args, cli) {
    const list = chosenList(args);
    const checks: readonly ChecklistCheck[] = CHECKLISTS[list];
    const config = await loadWholeConfig(cli.paths, {
      env: cli.env,
      allowsEnv: args['allow-env'],
    });
    const probed = SINKS.filter((sink) => sink.probe !== undefined);
    const proxy = allowedRoute(config, probed, args, cli);
    const probes = await probeSinks(config.config, { now: cli.now, proxy });
    const audit = readAudit(cli, {
      // To ask each Claude Code for its version takes seconds; only the monthly list needs it.
      installation: readInstallation(
        cli,
        list === 'monthly' ? readClaudes(cli).version : undefined,
      ),
      config,
    });
    const facts = { ...audit, ...checklistFacts(audit, { probes, proxy }) };
    const { results, failed } = await runChecks(
      [...checks, alertCheck(cli)],
      facts,
      cli,
      args.json,
      MARKS,
    );
    if (args.json) printJson(cli, { ok: failed === 0, checks: results.map(forJson) });
    return failed === 0 ? 0 : 1;
  },
});

// --- internal ---

const MARKS = { ok: '✓', warn: '⚠️', fail: '❌' } as const;
const LISTS = ['daily', 'evening', 'weekly', 'monthly'] as const;

function chosenList(
  args: Readonly<Partial<Record<(typeof LISTS)[number], boolean | undefined>>>,
): (typeof LISTS)[number] {
  const [chosen = 'daily', other] = LISTS.filter((list) => args[list]);
  if (other === undefined) return chosen;
  throw new UsageError(`--${chosen} and --${other} are two lists`, 'Give one of them.');
}

function forJson({ check: { id }, finding }: CheckResult) {
  const { status, found } = finding;
  const told = { id, status, detail: found };
  return finding.status === 'ok' ? told : { ...told, mend: finding.mend };
}
