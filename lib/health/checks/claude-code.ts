import { ESSENTIAL_EVENTS } from '../installation.ts';
import type { CheckFacts } from './check-facts.ts';
import { fail, INSTALL, ok, warn } from './check.ts';
import type { CheckFinding } from './check.ts';

/** A Claude Code is on this machine, or was in use. */
export function claudeFound({ installation: { claudeVersion } }: CheckFacts): CheckFinding {
  if (claudeVersion !== undefined) {
    return ok(`version ${claudeVersion}`);
  }
  return warn(
    'none found, on PATH, where its installers put it or in an editor',
    'Install Claude Code: https://code.claude.com/docs',
  );
}

/** Claude Code can read its settings. */
export function settingsReadable({ installation: { registration } }: CheckFacts): CheckFinding {
  const broken = registration.settings.find(({ error }) => error !== null);
  if (broken?.error) {
    return fail(
      broken.error,
      'Correct the file there: Claude Code ignores it, and all hooks in it.',
    );
  }
  const there = registration.settings.filter(({ exists }) => exists);
  return ok(there.length === 0 ? 'no settings file' : there.map(({ file }) => file).join(', '));
}

/** Neither the settings nor the environment switch the hooks off. */
export function hooksAllowed({ installation: { registration }, env }: CheckFacts): CheckFinding {
  if (registration.hooksDisabledIn !== undefined) {
    return fail(
      `"disableAllHooks" is true in ${registration.hooksDisabledIn}`,
      'Remove it there; until then no hook runs.',
    );
  }
  if (registration.switchedOffIn !== undefined) {
    return fail(
      `PATTERN_TRACKER_DISABLED=1 is set in ${registration.switchedOffIn}`,
      'Remove it there to have events recorded again.',
    );
  }
  if (env['PATTERN_TRACKER_DISABLED'] === '1') {
    return warn('PATTERN_TRACKER_DISABLED=1 is set', 'Unset it to have events recorded again.');
  }
  return ok('not switched off');
}

/** Every event that this Claude Code knows has its hook. */
export function hooksRegistered({ installation }: CheckFacts): CheckFinding {
  const { registration, wantedEvents: wanted, unknownEvents, claudeVersion } = installation;
  const { hooks, plugin } = registration;
  if (hooks.length === 0) {
    if (plugin !== undefined) return ok(`by the plugin ${plugin}`);
    if (registration.settings.some(({ error }) => error !== null)) {
      return warn('not known while a settings file is invalid', 'Correct that file first.');
    }
    return fail('no hook of this program is in any settings', INSTALL);
  }
  const missing = wanted.filter((name) => !hooks.some(({ event }) => event === name));
  const scopes = [...new Set(hooks.map(({ scope }) => scope))].join(' and ');
  const counted = `${wanted.length - missing.length} of ${wanted.length} events in the ${scopes} settings`;
  const version =
    claudeVersion === undefined ? 'an old Claude Code' : `Claude Code ${claudeVersion}`;
  const found =
    unknownEvents.length === 0
      ? counted
      : `${counted}; ${version} does not know ${unknownEvents.join(', ')}`;
  if (missing.length === 0) return ok(found);
  const text = `${found}; without a hook: ${missing.join(', ')}, which an earlier version of this program did not register, or somebody removed`;
  const isEssential = missing.some((name) => ESSENTIAL_EVENTS.includes(name));
  return isEssential && plugin === undefined ? fail(text, INSTALL) : warn(text, INSTALL);
}

/** Shows how the hooks are registered. Several ways at once are no fault: each event still counts once. */
export function registeredOnce({ installation: { registration } }: CheckFacts): CheckFinding {
  const ways = registration.settings
    .filter(({ hooks }) => hooks.length > 0)
    .map(({ scope }) => `${scope} settings`);
  if (registration.plugin !== undefined) ways.push('plugin');
  if (ways.length < 2) return ok(ways[0] ?? 'nothing yet');
  return ok(`${ways.join(' and ')}: each event is still counted once`);
}
