import { rmdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { getNodeValue } from 'jsonc-parser';
import type { Clock } from '../../base/clock.ts';
import { TrackerError } from '../../base/errors.ts';
import { registerHooks, registeredEvents, unregisterHooks } from './hook-registration.ts';
import type { RegistrationOptions } from './hook-registration.ts';
import type { WantedHook } from '../hook-command.ts';
import { member } from './json-edit.ts';
import { settingsDigest } from '../manifest.ts';
import type { Registration } from '../manifest.ts';
import { homesOf, isContextHook, isOwnHook } from './own-hook.ts';
import type { OwnHookOptions } from './own-hook.ts';
import { backupSettings, readSettings, writeSettings } from './settings-file.ts';
import type { SettingsScope } from './settings-file.ts';
import { isClaudeUnreadable, parseSettings } from './settings-text.ts';
import { registeredStatusLine, registerStatusLine, unregisterStatusLine } from './status-line.ts';
import type { RegisteredStatusLine, StatusLineCommand } from './status-line.ts';

/** The text of a settings file before and after a change. Null stands for no file. */
export interface SettingsChange {
  readonly file: string;
  readonly scope: SettingsScope;
  readonly current: string | null;
  readonly next: string | null;
  /** True when `next` is exactly the text from before the installation. */
  readonly isRestored: boolean;
}

/** Everything of ours that settings should contain. */
export interface WantedSettings {
  readonly hooks: readonly WantedHook[];
  /** True adds our status line, false removes it, undefined leaves it as it is. */
  readonly statusLine: boolean | undefined;
  readonly statusLineCommand: StatusLineCommand;
}

/** How to tell our hooks from those of others. */
export interface OwnerOptions {
  /** The installation's folder, absolute. */
  readonly home: string;
  readonly userHome: string | undefined;
}

/** A planned change of a settings file, and the record that lets it be undone. */
export interface PlannedRegistration {
  readonly change: SettingsChange;
  readonly registration: Registration;
  /** Our status line after the change. */
  readonly statusLine: RegisteredStatusLine | undefined;
}

/**
 * Plans the registration of hooks, and perhaps a status line, in a settings file, with the record that lets it be undone.
 *
 * @param known the record of this file in the manifest
 * @throws TrackerError E_SETTINGS_INVALID, E_SETTINGS_UNREADABLE
 */
export function planRegistration(
  file: string,
  scope: SettingsScope,
  wanted: WantedSettings,
  known: Registration | undefined,
  owner: OwnerOptions,
): PlannedRegistration {
  const current = readSettings(file);
  const options = optionsOf(file, known, owner);
  const hooked = registerBoth(current, wanted.hooks, options);
  const isLineWanted = wanted.statusLine ?? registeredStatusLine(hooked, options) !== undefined;
  const next = isLineWanted
    ? registerStatusLine(hooked, wanted.statusLineCommand, options)
    : unregisterStatusLine(hooked, options);
  const events = [...new Set(wanted.hooks.map(({ event }) => event))];
  const hooks = wanted.hooks.map((one) => ({ ...one, hook: { ...one.hook } }));
  const isUntouched =
    known !== undefined && current !== null && settingsDigest(current) === known.afterSha256;
  const registration: Registration =
    known && next === current
      ? { ...known, events, hooks }
      : {
          settingsFile: file,
          scope,
          before: isUntouched ? known.before : current && unregister(current, options),
          afterSha256: settingsDigest(next),
          events,
          hooks,
        };
  const statusLine = registeredStatusLine(next, options);
  return { change: { file, scope, current, next, isRestored: false }, registration, statusLine };
}

/**
 * Plans the removal of our hooks and our status line. If nobody has changed the file since, its former text comes back; else
 * only these are removed.
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
  const text = unregister(current, optionsOf(file, known, owner));
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
  hooks: readonly Pick<WantedHook, 'event' | 'hook'>[],
  hasStatusLine: boolean,
  owner: OwnerOptions,
): void {
  const text = readSettings(file) ?? '';
  const options = optionsOf(file, undefined, owner);
  const missing = [false, true].flatMap((isContext) => {
    const kind = ofKind(options, isContext);
    const registered = registeredEvents(text, kind);
    const wanted = hooks.filter(({ hook }) => kind.isOwn(hook)).map(({ event }) => event);
    return wanted.filter((event) => !registered.includes(event));
  });
  const isLineMissing = hasStatusLine && !registeredStatusLine(text, options);
  if (missing.length === 0 && !isLineMissing) return;
  const what =
    missing.length === 0
      ? 'our status line is missing'
      : `hooks are missing for ${missing.join(', ')}`;
  throw new TrackerError(
    'E_SETTINGS_OVERWRITTEN',
    `${file} was written by another program: ${what}`,
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

type EditOptions = RegistrationOptions & OwnHookOptions;

function optionsOf(
  file: string,
  known: Registration | undefined,
  { home, userHome }: OwnerOptions,
): EditOptions {
  const own = { homes: homesOf(home), userHome };
  return { ...own, file, before: known?.before, isOwn: (hook) => isOwnHook(hook, own) };
}

/** In two passes, since SessionStart may have two hooks: one that captures, one that gives the note. */
function registerBoth(
  original: string | null,
  wanted: readonly WantedHook[],
  options: EditOptions,
): string {
  let text = original;
  for (const isContext of [false, true]) {
    const kind = ofKind(options, isContext);
    const hooks = wanted.filter(({ hook }) => kind.isOwn(hook));
    text = registerHooks(text, hooks, kind);
  }
  return text ?? '';
}

/** The same for the hooks that give the note, or for all others. */
function ofKind(options: EditOptions, isContext: boolean): EditOptions {
  const { isOwn } = options;
  return { ...options, isOwn: (hook) => isOwn(hook) && isContextHook(hook, options) === isContext };
}

/** Without the status line first: if it was there alone with the hooks, `hooks` knows what an empty file was. */
function unregister(text: string, options: EditOptions): string {
  return unregisterHooks(unregisterStatusLine(text, options), options);
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
