import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { counted } from '../../base/amount-text.ts';
import { fail, INSTALL, ok, warn } from '../checks/check.ts';
import type { CheckFinding } from '../checks/check.ts';
import type { AuditFacts, HookDifferenceFacts } from './audit-facts.ts';
import { foundList } from './found-list.ts';

/** The installed files are those that were installed. Who can change them and the manifest is not found out. */
export function programUnchanged({ program, paths }: AuditFacts): CheckFinding {
  if (program === undefined) {
    if (!existsSync(join(paths.home, 'dist'))) return ok(`nothing is installed in ${paths.home}`);
    return fail(`install.json is missing in ${paths.home}, or broken`, `${INSTALL} It writes it.`);
  }
  const { changed, missing, added, compared, isNodeOther } = program;
  if (compared === 0) {
    return warn('the installation has noted no digests of its files', `${INSTALL} It notes them.`);
  }
  const found = [
    ...changed.map((path) => `${path} was changed`),
    ...added.map((path) => `${path} was added`),
    ...missing.map((path) => `${path} is missing`),
    ...(isNodeOther ? ['node leads to another program than was installed'] : []),
  ];
  if (found.length === 0) return ok(`${counted(compared, 'file')} as installed`);
  return fail(foundList(found), `Find out who did that. ${INSTALL} It puts them back.`);
}

/** The hooks in the settings run what was registered, and nothing comes between. */
export function hooksUnchanged({ hookDifferences, installation }: AuditFacts): CheckFinding {
  const grave = hookDifferences.filter(({ kind }) => GRAVE.has(kind));
  const { hooks, hooksDisabledIn } = installation.registration;
  if (hooksDisabledIn !== undefined) {
    return fail(
      `"disableAllHooks" is true in ${hooksDisabledIn}`,
      'Remove it there; until then no hook runs.',
    );
  }
  const mend = `Look at these hooks in the settings. ${INSTALL} It puts ours back, and keeps those of others.`;
  if (grave.length > 0) return fail(foundList(describe(hookDifferences)), mend);
  if (hookDifferences.length > 0) return warn(foundList(describe(hookDifferences)), mend);
  return ok(
    hooks.length === 0 ? 'none in the settings' : `${counted(hooks.length, 'hook')} as registered`,
  );
}

// --- internal ---

/** With these, other code runs, or less is recorded. */
const GRAVE: ReadonlySet<string> = new Set(['changed', 'missing', 'wrapped']);

const WHAT: Readonly<Record<HookDifferenceFacts['kind'], string>> = {
  changed: 'our hook runs something else, or for other tools, than was registered',
  wrapped: "somebody else's hook names our program",
  adjusted: 'our hook was registered with other details, such as the time limit',
  missing: 'our hook is missing',
  unnoted: 'a hook of ours that no installation noted',
};

/** One line for each kind and file. */
function describe(differences: readonly HookDifferenceFacts[]): string[] {
  const events = new Map<string, string[]>();
  for (const { kind, file, event } of differences) {
    const what = `${WHAT[kind]}: ${file}`;
    events.set(what, [...(events.get(what) ?? []), event]);
  }
  return [...events].map(([what, names]) => `${what} (${foundList(names)})`);
}
