/** One hook, as settings.json registers it. */
export interface CommandHook {
  readonly type: 'command';
  readonly command: string;
  /** The exec form: no shell in between. Not known to older versions. */
  readonly args?: readonly string[];
  /** Seconds. */
  readonly timeout?: number;
}

/** The `hooks` of settings.json, by event. */
export type SettingsHooks = Readonly<
  Record<string, readonly { readonly matcher?: string; readonly hooks: readonly CommandHook[] }[]>
>;

/** One command for each of `events`. */
export function hooksOf(
  events: readonly string[],
  hook: (event: string) => CommandHook,
): SettingsHooks {
  return Object.fromEntries(events.map((event) => [event, [{ hooks: [hook(event)] }]]));
}
