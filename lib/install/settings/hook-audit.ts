import { basename, dirname, join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { asArray, asString, isJsonObject } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import type { ManifestHook, Registration } from '../manifest.ts';
import { isContextHook, isOwnHook } from './own-hook.ts';
import type { OwnHookOptions } from './own-hook.ts';
import { readSettings } from './settings-file.ts';

/**
 * What is not as it was registered: `changed`, our hook runs something else, or for other tools; `adjusted`, it
 * runs the same, in another way; `missing`; `unnoted`, a hook of ours that no installation noted; `wrapped`, a hook of somebody
 * else's that runs a program of ours or reads its folder.
 */
export interface HookDifference {
  readonly kind: 'changed' | 'adjusted' | 'missing' | 'unnoted' | 'wrapped';
  readonly file: string;
  readonly event: string;
}

/** Which settings are compared with what. */
export interface HookAuditOptions extends OwnHookOptions {
  /** Every settings file to look at, beside those of the registrations. */
  readonly files: readonly string[];
  /** What installations have noted. */
  readonly registrations: readonly Registration[];
}

/** Compares the hooks in the settings with what was registered. A file that cannot be read counts as empty. */
export function hookDifferences(options: HookAuditOptions): HookDifference[] {
  const { files, registrations } = options;
  const all = new Set([...registrations.map(({ settingsFile }) => settingsFile), ...files]);
  return [...all].flatMap((file) => {
    const registration = registrations.find(({ settingsFile }) => settingsFile === file);
    return differencesIn(file, registration, options);
  });
}

// --- internal ---

interface PlacedHook {
  readonly event: string;
  readonly matcher: Json | undefined;
  readonly hook: JsonObject;
}

function differencesIn(
  file: string,
  registration: Registration | undefined,
  own: OwnHookOptions,
): HookDifference[] {
  const placed = hooksIn(file);
  const found: HookDifference[] = [];
  const noted = registration?.hooks ?? [];
  // A manifest of 0.1.0 has noted no hooks.
  const isNoted = noted.length > 0;
  const ours = placed.filter(({ hook }) => isOwnHook(hook, own));
  for (const one of ours) {
    const wanted = noted.find((other) => isSame(one, other, own));
    const kind = wanted ? kindOf(one, wanted) : isNoted || !registration ? 'unnoted' : undefined;
    if (kind !== undefined) found.push({ kind, file, event: one.event });
  }
  for (const other of noted) {
    if (ours.some((one) => isSame(one, other, own))) continue;
    found.push({ kind: 'missing', file, event: other.event });
  }
  for (const { event, hook } of placed) {
    if (!isOwnHook(hook, own) && namesUs(hook, own)) found.push({ kind: 'wrapped', file, event });
  }
  return found;
}

/** Of the same event and the same purpose, whatever else differs. */
function isSame(one: PlacedHook, other: ManifestHook, own: OwnHookOptions): boolean {
  return (
    one.event === other.event && isContextHook(one.hook, own) === isContextHook(other.hook, own)
  );
}

function kindOf({ matcher, hook }: PlacedHook, wanted: ManifestHook) {
  const runs = ({ type, command, args }: JsonObject) => ({ type, command, args });
  if (!isDeepStrictEqual(runs(hook), runs(wanted.hook as JsonObject))) return 'changed';
  if ((matcher ?? '') !== (wanted.matcher ?? '')) return 'changed';
  return isDeepStrictEqual(hook, wanted.hook) ? undefined : 'adjusted';
}

function hooksIn(file: string): PlacedHook[] {
  let settings: unknown;
  try {
    settings = JSON.parse((readSettings(file) ?? '{}').replace(/^\uFEFF/, ''));
  } catch {
    return [];
  }
  const events = isJsonObject(settings) ? settings['hooks'] : undefined;
  return Object.entries(isJsonObject(events) ? events : {}).flatMap(([event, groups]) =>
    asArray(groups)
      .filter(isJsonObject)
      .flatMap(({ matcher, hooks }) =>
        asArray(hooks)
          .filter(isJsonObject)
          .map((hook) => ({ event, matcher, hook })),
      ),
  );
}

/** True for a command that names our folder, however it is quoted or the user's home is spelled. */
function namesUs(hook: JsonObject, { homes, userHome }: OwnHookOptions): boolean {
  const words = [asString(hook['command']) ?? '', ...asArray(hook['args']).map(String)];
  const bare = (spelled: string) => spelled.replaceAll(/["'\\{}]/g, '');
  const text = bare(words.join(' '));
  return homes.some((home) => {
    const below = userHome === undefined ? '..' : relative(userHome, home);
    const names = /^\.\.(?:[/\\]|$)/.test(below) ? [] : [join('~', below), join('$HOME', below)];
    const inClaude = join('$CLAUDE_CONFIG_DIR', basename(dirname(home)), basename(home));
    return [home, ...names, inClaude].some((name) =>
      text.split(bare(name)).some((rest, index) => index > 0 && !/^[\w.-]/.test(rest)),
    );
  });
}
