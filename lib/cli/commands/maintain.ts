import { loadWholeConfig } from '../../config/config-file.ts';
import { readSpool } from '../../health/spool-facts.ts';
import { CourierNudge } from '../../ingest/courier/courier-nudge.ts';
import { parseCount } from '../arguments/list-arguments.ts';
import { UsageError } from '../arguments/usage-error.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { withoutCourier } from '../courier-pause.ts';
import { maintenanceSteps } from '../maintenance/maintenance-steps.ts';
import type { Maintenance } from '../maintenance/maintenance-steps.ts';
import { runChecks } from '../output/check-report.ts';
import { printJson } from '../output/json-output.ts';
import { StepLine } from '../output/step-line.ts';
import { takeIn } from '../spool-intake.ts';

/** `maintain`: what is to be done once a week, and more thoroughly once a month. */
export const maintainCommand = trackerCommand({
  name: 'maintain',
  summary: 'Do what is due every week or month, and say what was done.',
  examples: [
    'pattern-tracker maintain --weekly --dry-run',
    'pattern-tracker maintain --weekly',
    'pattern-tracker maintain --monthly --keep 12',
  ],
  details: `In this order: checks the database, backs it up, restores that backup on trial, removes older backups, removes what
retention lets go and old answers in the cache, notes the metrics in the log and resets them, gives free space back
(--monthly rewrites the whole file), rotates the logs, and backs up the configuration if it has changed. If the
database is not sound or there is no backup, nothing is removed.

Claude Code may work meanwhile: the courier pauses, hooks go on, and what they capture waits in the spool.`,
  json: '{ok, is_dry, steps: [{id, status: "ok" | "warn" | "fail", detail}]}.',
  exitCodes: '0 when every step was done, else 1.',
  args: {
    weekly: { type: 'boolean', description: 'What is due every week (default)' },
    monthly: { type: 'boolean', description: 'The same, with every check and a rewritten file' },
    'dry-run': { type: 'boolean', description: 'Only say what would be done' },
    keep: {
      type: 'string',
      valueHint: 'n',
      default: '8',
      description: 'Keep the newest n backups',
    },
    ...common.jsonArg,
  },
  async run(args, cli) {
    if (args.weekly && args.monthly) {
      throw new UsageError('--weekly and --monthly exclude each other', 'Give one of them.');
    }
    const keep = parseCount('--keep', args.keep);
    if (keep === 0) throw new UsageError('--keep is 0', 'Expected 1 or more.');
    const isDry = args['dry-run'] === true;
    const signal = cli.interruption();
    const maintenance: Maintenance = {
      cli,
      facts: { paths: cli.paths, config: await loadWholeConfig(cli.paths) },
      isThorough: args.monthly === true,
      isDry,
      keep,
      signal,
      steps: args.json || isDry ? undefined : new StepLine(cli),
    };
    const work = () => runChecks(maintenanceSteps(), maintenance, cli, args.json);
    if (!isDry) await takeIn(cli, signal); // so that it is in the backup
    const { results, failed, warned } = isDry ? await work() : await withoutCourier(cli, work);
    // No hook has started a courier meanwhile.
    if (!isDry && readSpool(cli.paths).waiting > 0) new CourierNudge(cli).give();
    const isOk = isDry || failed + warned === 0;
    if (args.json) {
      const steps = results.map(({ check: { id }, finding: { status, found } }) => ({
        id,
        status,
        detail: found,
      }));
      printJson(cli, { ok: isOk, isDry, steps });
    }
    return isOk ? 0 : 1;
  },
});
