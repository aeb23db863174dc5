import { join } from 'node:path';
import type { CheckFacts } from './check-facts.ts';

/** What one check found, and how to mend it unless all is well. */
export type CheckFinding =
  | { readonly status: 'ok'; readonly found: string }
  | { readonly status: 'warn' | 'fail'; readonly found: string; readonly mend: string };

/** One thing to look at: of `doctor` a link of the way from Claude Code to the database. */
export interface Check<Facts = CheckFacts> {
  /** Stable, for `--json`. */
  readonly id: string;
  readonly title: string;
  readonly run: (facts: Facts) => CheckFinding | Promise<CheckFinding>;
}

/** The remedy for everything that a new installation replaces. */
export const INSTALL = 'Run `pattern-tracker install` (or ./install.sh in a clone).';

/** The remedy for a plugin without the SQLite module for its Node.js. */
export const SETUP =
  'Run `/pattern-tracker:setup` in Claude Code, or `pattern-tracker setup`: it gets the one for your Node.js.';

/** The link to the Node.js that starts the courier. Where it is missing, the one on PATH does. */
export function nodeLink({ paths, installation: { pluginRoot } }: CheckFacts): string {
  return join(pluginRoot ?? paths.home, 'node');
}

/** A finding that leaves nothing to mend. */
export function ok(found: string): CheckFinding {
  return { status: 'ok', found };
}

/** A finding that needs a look, while recording goes on. */
export function warn(found: string, mend: string): CheckFinding {
  return { status: 'warn', found, mend };
}

/** A finding by which events are lost, or will be. */
export function fail(found: string, mend: string): CheckFinding {
  return { status: 'fail', found, mend };
}

/** The finding when the home has no courier. With the plugin that is only a warning: it brings its own. */
export function noBundle({ paths, installation }: CheckFacts): CheckFinding {
  const { plugin } = installation.registration;
  const found = `no dist/courier.cjs in ${paths.home}`;
  if (plugin === undefined) return fail(found, INSTALL);
  return warn(
    `${found}; the plugin ${plugin} brings its own`,
    'To check that one, too, run `/pattern-tracker:doctor` in Claude Code.',
  );
}
