import { getNodeValue } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';
import { isDeepStrictEqual } from 'node:util';
import { InvariantError } from '../../base/errors.ts';
import type { Json } from '../../base/json.ts';
import type { CommandHook, WantedHook } from '../hook-command.ts';
import { append, member, remove, replace, source } from './json-edit.ts';
import { parseSettings } from './settings-text.ts';
import type { SettingsText } from './settings-text.ts';

/** What is known of the settings that are edited. */
export interface RegistrationOptions {
  /** Recognises a hook as one of this installation's. */
  readonly isOwn: (hook: unknown) => boolean;
  /** Names the file in errors. */
  readonly file: string;
  /**
   * The settings before the first registration; null when there was no file, undefined when that is not
   * known. It tells an empty `hooks` or event that was there from one that registration left behind.
   */
  readonly before?: string | null | undefined;
}

/**
 * The settings with exactly the wanted hooks of this installation. Hooks that are right stay as they are,
 * hooks that differ are replaced in place, unwanted ones are removed; nothing else is touched.
 *
 * @param original null when there is no file
 * @throws TrackerError E_SETTINGS_INVALID
 */
export function registerHooks(
  original: string | null,
  wanted: readonly WantedHook[],
  options: RegistrationOptions,
): string {
  let text = original ?? '';
  for (const { event, matcher, hook } of wanted) {
    const [first, ...surplus] = ownHooks(parseSettings(text, options.file), event, options.isOwn);
    if (!first) {
      const group = { ...(matcher === undefined ? {} : { matcher }), hooks: [hook] };
      text = addGroup(text, event, group as unknown as Json, options.file);
      continue;
    }
    // From the last to the first, so that the indexes of the others stay valid.
    for (const extra of surplus.toReversed()) {
      text = removeHook(text, extra, options);
    }
    text = putHook(text, first, hook, options.file);
  }
  const names = new Set(wanted.map(({ event }) => event));
  return removeOwn(text, (event) => !names.has(event), options);
}

/**
 * The settings without any hook of this installation, and without the groups, events and `hooks` that
 * this leaves empty.
 *
 * @throws TrackerError E_SETTINGS_INVALID
 */
export function unregisterHooks(original: string, options: RegistrationOptions): string {
  return removeOwn(original, () => true, options);
}

/** The events for which this installation has a hook in the settings. */
export function registeredEvents(
  original: string,
  { isOwn, file }: RegistrationOptions,
): readonly string[] {
  const settings = parseSettings(original, file);
  return eventNames(settings).filter((event) => ownHooks(settings, event, isOwn).length > 0);
}

// --- internal ---

/** The place of a hook: its event, the index of its group, its index in the group. */
interface HookPlace {
  readonly event: string;
  readonly group: number;
  readonly index: number;
}

function eventNames({ hooks }: SettingsText): readonly string[] {
  return [...new Set(hooks?.children?.map(({ children }) => String(children?.[0]?.value)))];
}

function ownHooks(
  { hooks }: SettingsText,
  event: string,
  isOwn: RegistrationOptions['isOwn'],
): readonly HookPlace[] {
  const groups = member(hooks, event)?.children ?? [];
  return groups.flatMap((group, groupIndex) =>
    hooksOf(group).flatMap((hook, index) =>
      isOwn(getNodeValue(hook)) ? [{ event, group: groupIndex, index }] : [],
    ),
  );
}

function hooksOf(group: Node | undefined): readonly Node[] {
  const list = group?.type === 'object' ? member(group, 'hooks') : undefined;
  return list?.type === 'array' ? (list.children ?? []) : [];
}

function addGroup(original: string, event: string, group: Json, file: string): string {
  const { text, bom, layout, root, hooks } = parseSettings(original, file);
  const groups = member(hooks, event);
  if (groups) return bom + append(text, groups, undefined, group, layout);
  if (hooks) return bom + append(text, hooks, event, [group], layout);
  if (root) return bom + append(text, root, 'hooks', { [event]: [group] }, layout);
  const whole = JSON.stringify({ hooks: { [event]: [group] } }, null, layout.indent);
  return `${bom}${whole.replaceAll('\n', layout.eol)}${layout.eol}`;
}

function putHook(original: string, place: HookPlace, hook: CommandHook, file: string): string {
  const { text, bom, layout, hooks } = parseSettings(original, file);
  const node = hooksOf(member(hooks, place.event)?.children?.[place.group])[place.index];
  if (!node || isDeepStrictEqual(getNodeValue(node), hook)) return original;
  return bom + replace(text, node, hook as unknown as Json, layout);
}

function removeOwn(
  original: string,
  isWanted: (event: string) => boolean,
  options: RegistrationOptions,
): string {
  let text = original;
  for (const event of eventNames(parseSettings(text, options.file)).filter(isWanted)) {
    const places = ownHooks(parseSettings(text, options.file), event, options.isOwn);
    for (const place of places.toReversed()) text = removeHook(text, place, options);
  }
  return text;
}

function removeHook(original: string, place: HookPlace, options: RegistrationOptions): string {
  const { text, bom, root, hooks } = parseSettings(original, options.file);
  const groups = member(hooks, place.event);
  const group = groups?.children?.[place.group];
  const list = member(group, 'hooks');
  const hook = list?.children?.[place.index];
  if (!root || !hooks || !groups || !group || !list || !hook) return original;
  if (hooksOf(group).length > 1) return bom + remove(text, list, hook);
  if ((groups.children?.length ?? 0) > 1) return bom + remove(text, groups, group);

  const was = options.before == null ? undefined : parseSettings(options.before, options.file);
  const wasGroups = member(was?.hooks, place.event);
  if (was && wasGroups) return bom + empty(text, groups, group, was.text, wasGroups);
  if ((hooks.children?.length ?? 0) > 1) return bom + remove(text, hooks, propertyOf(groups));
  if (was?.hooks) return bom + empty(text, hooks, propertyOf(groups), was.text, was.hooks);
  if ((root.children?.length ?? 0) > 1 || !was?.root) {
    return bom + remove(text, root, propertyOf(hooks));
  }
  return bom + empty(text, root, propertyOf(hooks), was.text, was.root);
}

/** Removes the last child; if the container was empty before, it gets back its former text, such as `{ }`. */
function empty(text: string, container: Node, child: Node, wasText: string, was: Node): string {
  if (was.children?.length !== 0) return remove(text, container, child);
  const end = container.offset + container.length;
  return text.slice(0, container.offset) + source(wasText, was) + text.slice(end);
}

function propertyOf(value: Node): Node {
  if (!value.parent) throw new InvariantError('expected the value of a property');
  return value.parent;
}
