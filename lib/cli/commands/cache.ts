import { loadConfig } from '../../config/config-file.ts';
import type { Config } from '../../config/config.ts';
import { MAIN_SINK } from '../../delivery/sinks.ts';
import { withDelivery } from '../../health/delivery-side.ts';
import { actionArg, actionOf } from '../arguments/action.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { printJson } from '../output/json-output.ts';
import { noSinkLine } from '../output/sink-text.ts';
import { counted } from '../../base/amount-text.ts';

const ACTIONS = ['show', 'clear', 'cleanup'] as const;

/** `cache`: shows or clears the cached answers of the server. */
export const cacheCommand = trackerCommand({
  name: 'cache',
  summary: "Show or clear the server's answers cached on this machine.",
  examples: ['pattern-tracker cache', 'pattern-tracker cache clear'],
  actions: {
    show: 'how many answers there are, and how often they were used',
    clear: 'drop all of them',
    cleanup: 'drop those that are too old',
  },
  details: 'All programs that use the library share them.',
  json: `{size, entries, ttl, hit_rate}: the largest number of entries, their number now, seconds, and 0 to 1 or
null without data; clear and cleanup add {dropped}.`,
  args: { ...actionArg(ACTIONS), ...common.jsonArg },
  run(args, cli) {
    const action = actionOf(args.action, ACTIONS, 'cache');
    const loaded = loadConfig(cli.paths, { env: cli.env });
    const { config } = loaded;
    const changed = withDelivery(cli, loaded, ({ cache }) => {
      const dropped =
        action === 'clear' ? cache.clear() : action === 'cleanup' ? cache.cleanup() : 0;
      return { dropped, state: cache.toJSON() };
    });
    const { dropped, state } = changed ?? { dropped: 0, state: emptyState(config) };
    if (args.json) {
      printJson(cli, action === 'show' ? state : { ...state, dropped });
    } else if (action === 'show') {
      const missing = noSinkLine([MAIN_SINK], config, cli.paths, 'no answer is cached from now on');
      if (missing) cli.out(missing);
      if (missing && state.entries === 0) return;
      const { entries, size, ttl, hit_rate: rate } = state;
      const helped = rate === null ? 'not asked yet' : `${(rate * 100).toFixed(1)} %`;
      cli.out(`Entries   ${entries} of at most ${size}\nKept for  ${ttl} s\nHit rate  ${helped}\n`);
    } else {
      cli.out(`Dropped ${counted(dropped, 'answer')}; ${state.entries} kept.\n`);
    }
  },
});

// --- internal ---

function emptyState({ pattern_tracking }: Config) {
  const { cache_size: size, cache_ttl: ttl } = pattern_tracking;
  return { size, entries: 0, ttl, hit_rate: null };
}
