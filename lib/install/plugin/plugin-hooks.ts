import { HOOK_EVENTS } from '../events.ts';
import { HOOK_TIMEOUT_SECONDS } from '../hook-command.ts';

/** The text of the plugin's hooks/hooks.json: every event, captured by the plugin's own hooks/capture.sh. */
export function pluginHooks(): string {
  const hooks = HOOK_EVENTS.map(({ name, matcher, ensure }) => {
    const command = `"\${CLAUDE_PLUGIN_ROOT}"/hooks/capture.sh${ensure ? ' ensure' : ''}`;
    const hook = { type: 'command', command, timeout: HOOK_TIMEOUT_SECONDS };
    return [name, [{ ...(matcher && { matcher }), hooks: [hook] }]];
  });
  return `${JSON.stringify({ hooks: Object.fromEntries(hooks) as unknown }, null, 2)}\n`;
}
