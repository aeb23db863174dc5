import { brokenHook } from './files/broken-hook.ts';
import type { FactSources } from './fact-sources.ts';
import { ESSENTIAL_EVENTS } from './installation.ts';
import type { RegistrationFacts } from './installation.ts';

/** Whether events are captured: `off` says why not, and what to do about it. */
export type Recording =
  | { readonly state: 'on'; readonly by: readonly string[] }
  | { readonly state: 'off'; readonly why: string; readonly hint: string };

/** Judges whether Claude Code would call this program here; `isInstalled` only changes the advice. */
export function recordingOf(
  registration: RegistrationFacts,
  { env, paths }: Pick<FactSources, 'env' | 'paths'>,
  isInstalled: boolean,
): Recording {
  if (env['PATTERN_TRACKER_DISABLED'] === '1') {
    return off('PATTERN_TRACKER_DISABLED=1 is set', 'Unset it, then restart Claude Code.');
  }
  if (registration.hooksDisabledIn !== undefined) {
    return off(
      `"disableAllHooks" is true in ${registration.hooksDisabledIn}`,
      'Remove it there to have hooks run again.',
    );
  }
  if (registration.switchedOffIn !== undefined) {
    return off(
      `PATTERN_TRACKER_DISABLED=1 is set in ${registration.switchedOffIn}`,
      'Remove it there to have events recorded again.',
    );
  }
  const registered = registration.settings.filter(({ hooks }) =>
    ESSENTIAL_EVENTS.every((name) => hooks.some(({ event }) => event === name)),
  );
  const by = registered
    .filter(({ hooks }) => brokenHook(hooks) === undefined)
    .map(({ scope, file }) => `${scope} settings (${file})`);
  if (registration.plugin !== undefined) by.push(`plugin ${registration.plugin}`);
  if (by.length > 0) return { state: 'on', by };
  const useless = brokenHook(registered.flatMap(({ hooks }) => hooks));
  if (useless) {
    return off(`${useless.file}, a file of the hooks, ${useless.trouble}`, INSTALL_AGAIN);
  }
  const broken = registration.settings.find(({ error }) => error !== null);
  if (broken?.error) {
    return off(`Claude Code cannot read its settings: ${broken.error}`, 'Correct the file there.');
  }
  return isInstalled
    ? off('no hooks of this program are in the settings', INSTALL_AGAIN)
    : off(
        `nothing is installed in ${paths.home}`,
        'Run `npx claude-pattern-tracker install`, or ./install.sh in a clone.',
      );
}

// --- internal ---

const INSTALL_AGAIN = 'Run `pattern-tracker install`.';

function off(why: string, hint: string): Recording {
  return { state: 'off', why, hint };
}
