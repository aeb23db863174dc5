import { accessSync, constants } from 'node:fs';
import { isAbsolute } from 'node:path';
import { captureScript, wordsOf } from '../status/installed-files.ts';
import { fail, INSTALL, ok } from './check.ts';
import type { DoctorContext, Finding } from './check.ts';

/** Every file that a registered hook runs is there, and the first of its words can be executed. */
export function hookFiles({ registration, cli }: DoctorContext): Finding {
  if (registration.hooks.length === 0) {
    const { plugin } = registration;
    return plugin === undefined ? unregistered({ cli }) : ok(`the plugin ${plugin} brings its own`);
  }
  const files = new Set<string>();
  for (const hook of registration.hooks) {
    const words = wordsOf(hook, cli.env['HOME']) ?? [];
    for (const [index, word] of words.entries()) {
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

function unregistered({ cli }: Pick<DoctorContext, 'cli'>): Finding {
  const script = captureScript(cli);
  if (script === undefined) return fail(`no hooks/capture.sh in ${cli.paths.home}`, INSTALL);
  const trouble = troubleWith(script, true);
  return trouble ? fail(`${script} ${trouble}`, INSTALL) : ok(script);
}

function troubleWith(file: string, isExecuted: boolean): string | undefined {
  try {
    accessSync(file, constants.R_OK);
  } catch {
    return 'is not there, or not readable';
  }
  if (!isExecuted) return undefined;
  try {
    accessSync(file, constants.X_OK);
    return undefined;
  } catch {
    return 'is not executable';
  }
}
