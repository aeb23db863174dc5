import { isAbsolute } from 'node:path';
import { brokenHook, fileTrouble } from '../files/broken-hook.ts';
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
  const hooks = [...registration.hooks, ...registration.contextHooks];
  const broken = brokenHook(hooks);
  if (broken) {
    const { hook, file, trouble } = broken;
    return fail(`${file} (${hook.event}, ${hook.scope} settings) ${trouble}`, INSTALL);
  }
  const words = hooks.flatMap((hook) => hook.words ?? []);
  return ok([...new Set(words.filter((word) => isAbsolute(word)))].join(', '));
}

// --- internal ---

function unregistered({ installation, paths }: CheckFacts): CheckFinding {
  const script = installation.captureScript;
  if (script === undefined) return fail(`no hooks/capture.sh in ${paths.home}`, INSTALL);
  const trouble = fileTrouble(script, true);
  return trouble ? fail(`${script} ${trouble}`, INSTALL) : ok(script);
}
