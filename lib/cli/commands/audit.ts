import { loadWholeConfig } from '../../config/config-file.ts';
import { AUDIT_CHECKS } from '../../health/audit/audit-checks.ts';
import { readAudit } from '../checklist/read-audit.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { readInstallation } from '../installation.ts';
import { runChecks } from '../output/check-report.ts';
import type { CheckResult } from '../output/check-report.ts';
import { printJson } from '../output/json-output.ts';

/** `audit`: looks who can get at what is recorded, and whether anybody has. */
export const auditCommand = trackerCommand({
  name: 'audit',
  summary: 'Check who can get at your data, and what has been changed.',
  examples: [
    'pattern-tracker audit',
    'pattern-tracker audit --json | jq \'.checks[] | select(.status != "ok")\'',
  ],
  details: `It looks at modes and owners of all files, at links, at the installed program and the hooks in the settings, and
searches configuration, settings, logs and the quarantine for secrets; it never prints one. It changes nothing and opens
no connection. Settings of a project are those of the folder that you are in.`,
  json: `{ok, failed, warned, checks: [{id, title, status: "ok" | "warn" | "fail", detail, hint}]}; there is no
hint when the status is ok.`,
  exitCodes: '0 when nothing fails, else 1.',
  args: { ...common.jsonArg },
  async run({ json }, cli) {
    const { results, failed, warned } = await runChecks(
      AUDIT_CHECKS,
      readAudit(cli, {
        installation: readInstallation(cli, undefined),
        config: await loadWholeConfig(cli.paths),
      }),
      cli,
      json,
    );
    if (json) printJson(cli, { ok: failed === 0, failed, warned, checks: results.map(forJson) });
    return failed === 0 ? 0 : 1;
  },
});

// --- internal ---

function forJson({ check: { id, title }, finding }: CheckResult) {
  const { status, found: detail } = finding;
  return { id, title, status, detail, ...(finding.status !== 'ok' && { hint: finding.mend }) };
}
