import { join } from 'node:path';
import type { AuditFacts, ProgramFacts } from '../../health/audit/audit-facts.ts';
import { checkFacts } from '../../health/checks/check-facts.ts';
import type { CheckOptions } from '../../health/checks/check-facts.ts';
import { readManifest } from '../../install/manifest.ts';
import type { InstallManifest } from '../../install/manifest.ts';
import { linkTarget, programDifference } from '../../install/program/program-files.ts';
import { hookDifferences } from '../../install/settings/hook-audit.ts';
import { homesOf } from '../../install/settings/own-hook.ts';
import { readRegistration } from '../../install/settings/registration.ts';
import type { CliEnvironment } from '../environment.ts';

/** The facts of the checks, and what an audit compares with them: the program, the hooks and the settings as they are. */
export function readAudit(cli: CliEnvironment, options: CheckOptions): AuditFacts {
  const { home } = cli.paths;
  const registration = readRegistration(cli);
  const manifest = readManifest(home);
  return {
    ...checkFacts(cli, options),
    program: manifest && programFacts(home, manifest),
    hookDifferences: hookDifferences({
      homes: homesOf(home),
      userHome: cli.env['HOME'] ?? cli.env['USERPROFILE'],
      files: registration.settings.map(({ file }) => file),
      registrations: manifest?.registrations ?? [],
    }),
    settingsVariables: new Map(
      registration.settings.map(({ file, variables }) => [file, variables]),
    ),
    uid: process.getuid?.(),
  };
}

// --- internal ---

function programFacts(home: string, { files, node }: InstallManifest): ProgramFacts {
  const link = linkTarget(join(home, 'node'));
  return {
    ...programDifference(home, files),
    compared: files.length,
    isNodeOther: link !== undefined && link !== node,
  };
}
