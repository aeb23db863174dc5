import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { configuredSinks } from '../../delivery/sinks.ts';
import { accessFault } from '../../delivery/sink-access.ts';
import { ago, localTime } from '../../base/time-text.ts';
import type { CheckFacts } from './check-facts.ts';
import { fail, INSTALL, ok, warn } from './check.ts';
import type { CheckFinding } from './check.ts';

/** A clock that shows a time before this, 2025-01-01, was never set. */
const PLAUSIBLE_MS = Date.UTC(2025, 0, 1);
/** An event further ahead of the clock than this, in milliseconds, shows that the clock was set back. */
const FUTURE_MS = 5 * 60_000;

/** `pattern-tracker` can be run by its name. */
export function onPath({ env, installation: { link, pluginRoot } }: CheckFacts): CheckFinding {
  const found = (env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'pattern-tracker'))
    .find(isExecutable);
  if (found) return ok(found);
  if (link === undefined && pluginRoot !== undefined) {
    return warn(
      '`pattern-tracker` is not on PATH',
      `In Claude Code it is. For a terminal: mkdir -p ~/.local/bin && ln -s '${join(pluginRoot, 'bin', 'pattern-tracker')}' ~/.local/bin/`,
    );
  }
  if (link === undefined) return warn('`pattern-tracker` is not on PATH', INSTALL);
  return warn(
    `${link} is there, but its folder is not on PATH`,
    `Add to your shell's start file: export PATH="${dirname(link)}:$PATH"`,
  );
}

/** The configuration that a courier reads is valid, and lacks nothing that a request to its sinks needs. */
export function configValid({ paths, config: loaded, gathered }: CheckFacts): CheckFinding {
  const { config, error } = loaded.courier;
  if (error !== null) {
    return fail(
      error,
      'Correct it there; until then the last valid configuration, or the defaults, are in force.',
    );
  }
  for (const sink of configuredSinks(config)) {
    const fault = accessFault(config, sink);
    if (fault === null) continue;
    return fail(
      `nothing can be sent to the ${sink.noun}: ${fault}`,
      'Mend that; the courier notices it by itself.',
    );
  }
  const { configError, pid } = gathered().courier;
  if (pid !== null && configError !== null) {
    return warn(`the courier says: ${configError}`, 'It reads the file again by itself.');
  }
  const { configFile } = paths;
  return ok(existsSync(configFile) ? configFile : `no ${configFile}: the defaults are in force`);
}

/** The clock was set, and was not set back. */
export function clockSane({ now: clock, gathered }: CheckFacts): CheckFinding {
  const now = clock();
  const mend = 'Set the clock of this machine.';
  if (now < PLAUSIBLE_MS) return fail(`it says ${localTime(now)}`, mend);
  const last = gathered().stored.content.value?.totals.lastEventAt ?? null;
  if (last !== null && last > now + FUTURE_MS) {
    return warn(`the newest event is from the future: ${ago(last, now)}`, mend);
  }
  return ok(localTime(now));
}

// --- internal ---

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
