import { accessSync, constants } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { CheckFacts } from './check-facts.ts';
import { fail, INSTALL, ok } from './check.ts';
import type { CheckFinding } from './check.ts';

/** Every file in the command of a registered hook can be read, and the program, its first word, executed. */
export function hookFiles(facts: CheckFacts): CheckFinding {
  const { registration } = facts.installation;
  if (registration.hooks.length === 0) {
    const { plugin } = registration;
    return plugin === undefined ? unregistered(facts) : ok(`the plugin ${plugin} brings its own`);
  }
  const files = new Set<string>();
  for (const hook of registration.hooks) {
    for (const [index, word] of (hook.words ?? []).entries()) {
      if (!isAbsolute(word)) continue;
      files.add(word);
      const trouble = troubleWith(word, index === 0);
      if (trouble)
        return fail(`${word} (${hook.event}, ${hook.scope} settings) ${trouble}`, INSTALL);
    }
  }
  return ok([...files].join(', '));
}

// --- internal ---

function unregistered({ installation, paths }: CheckFacts): CheckFinding {
  const script = installation.captureScript;
  if (script === undefined) return fail(`no hooks/capture.sh in ${paths.home}`, INSTALL);
  const trouble = troubleWith(script, true);
  return trouble ? fail(`${script} ${trouble}`, INSTALL) : ok(script);
}

function troubleWith(file: string, isExecuted: boolean): string | undefined {
  try {
    accessSync(file, constants.R_OK);
  } catch {
    return 'is missing, or cannot be read';
  }
  if (!isExecuted) return undefined;
  try {
    accessSync(file, constants.X_OK);
    return undefined;
  } catch {
    return 'is not executable';
  }
}
