import { realpathSync, rmdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { getNodeValue } from 'jsonc-parser';
import type { Clock } from '../../base/clock.ts';
import { TrackerError } from '../../base/errors.ts';
import { registerHooks, registeredEvents, unregisterHooks } from './hook-registration.ts';
import type { WantedHook } from './hook-registration.ts';
import { member } from './json-edit.ts';
import { settingsDigest } from '../manifest.ts';
import type { Registration } from '../manifest.ts';
import { isOwnHook } from './own-hook.ts';
import { backupSettings, readSettings, writeSettings } from './settings-file.ts';
import type { SettingsScope } from './settings-file.ts';
import { isClaudeUnreadable, parseSettings } from './settings-text.ts';

/** The text of a settings file before and after a change. Null stands for no file. */
export interface SettingsChange {
  readonly file: string;
  readonly scope: SettingsScope;
  readonly current: string | null;
  readonly next: string | null;
  /** True when `next` is exactly the text from before the installation. */
  readonly isRestored: boolean;
}

/** How to tell our hooks from those of others. */
export interface OwnerOptions {
  /** The installation's folder, absolute. */
  readonly home: string;
  readonly userHome: string | undefined;
}

/**
 * Plans the registration of hooks in a settings file, with the record that lets it be undone.
 *
 * @param known the record of this file in the manifest
 * @throws TrackerError E_SETTINGS_INVALID, E_SETTINGS_UNREADABLE
 */
export function planRegistration(
  file: string,
  scope: SettingsScope,
  wanted: readonly WantedHook[],
  known: Registration | undefined,
  owner: OwnerOptions,
): { readonly change: SettingsChange; readonly registration: Registration } {
  const current = readSettings(file);
  const options = { file, isOwn: isOwn(owner), before: known?.before };
  const next = registerHooks(current, wanted, options);
  const events = wanted.map(({ event }) => event);
  const isUntouched =
    known !== undefined && current !== null && settingsDigest(current) === known.afterSha256;
  const registration: Registration =
    known && next === current
      ? { ...known, events }
      : {
          settingsFile: file,
          scope,
          before: isUntouched ? known.before : current && unregisterHooks(current, options),
          afterSha256: settingsDigest(next),
          events,
        };
  return { change: { file, scope, current, next, isRestored: false }, registration };
}

/**
 * Plans the removal of our hooks. If nobody has changed the file since, its former text comes back; else
 * only the hooks are removed.
 *
 * @throws TrackerError E_SETTINGS_INVALID, E_SETTINGS_UNREADABLE
 */
export function planRemoval(
  file: string,
  scope: SettingsScope,
  known: Registration | undefined,
  owner: OwnerOptions,
): SettingsChange {
  const current = readSettings(file);
  const change = { file, scope, current };
  if (current === null) return { ...change, next: null, isRestored: false };
  if (known && settingsDigest(current) === known.afterSha256) {
    return { ...change, next: known.before, isRestored: true };
  }
  const text = unregisterHooks(current, { file, isOwn: isOwn(owner), before: known?.before });
  const isOursAlone = known?.before === null && isEmptyObject(text, file);
  return { ...change, next: isOursAlone ? null : text, isRestored: false };
}

/** Carries out a change; returns the path of the backup, or null when none was needed. */
export function applyChange(change: SettingsChange, now: Clock): string | null {
  const { file, scope, current, next, isRestored } = change;
  if (current === next) return null;
  const backup = current === null || isRestored ? null : backupSettings(file, current, now);
  writeSettings(file, next);
  if (next === null && scope !== 'user') removeEmptyFolder(dirname(file));
  return backup;
}

/**
 * Reads the settings again and makes sure that the hooks are in them: a running Claude Code session may
 * have written back the older settings it had in memory.
 *
 * @throws TrackerError E_SETTINGS_OVERWRITTEN
 */
export function verifyRegistration(
  file: string,
  events: readonly string[],
  owner: OwnerOptions,
): void {
  const registered = registeredEvents(readSettings(file) ?? '', { file, isOwn: isOwn(owner) });
  const missing = events.filter((event) => !registered.includes(event));
  if (missing.length === 0) return;
  throw new TrackerError(
    'E_SETTINGS_OVERWRITTEN',
    `${file} was written by another program: hooks are missing for ${missing.join(', ')}`,
    { hint: 'Close the running Claude Code sessions, then run this again.' },
  );
}

/** What in the settings keeps Claude Code from running the hooks, a sentence each. */
export function settingsWarnings(text: string, file: string): readonly string[] {
  const warnings: string[] = [];
  if (isClaudeUnreadable(text)) {
    warnings.push(
      `${file} has comments or trailing commas: Claude Code ignores the whole file, including all hooks, until they are removed.`,
    );
  }
  const disabled = member(parseSettings(text, file).root, 'disableAllHooks');
  if (disabled && getNodeValue(disabled) === true) {
    warnings.push(
      `${file} has "disableAllHooks": true: Claude Code runs no hooks until it is removed.`,
    );
  }
  return warnings;
}

// --- internal ---

function isOwn({ home, userHome }: OwnerOptions): (hook: unknown) => boolean {
  const homes = [home];
  try {
    homes.push(realpathSync(home));
  } catch {
    // it does not exist yet, so it has no second name
  }
  return (hook) => isOwnHook(hook, { homes, userHome });
}

function isEmptyObject(text: string, file: string): boolean {
  return parseSettings(text, file).root?.children?.length === 0;
}

function removeEmptyFolder(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // it is not empty
  }
}
