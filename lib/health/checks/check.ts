import type { CheckFacts } from './check-facts.ts';

/** What one check found. Whatever is not ok says how to mend it. */
export type CheckFinding =
  | { readonly status: 'ok'; readonly found: string }
  | { readonly status: 'warn' | 'fail'; readonly found: string; readonly mend: string };

/** One link of the way from Claude Code to the database. */
export interface Check {
  /** Stable, for `--json`. */
  readonly id: string;
  readonly title: string;
  readonly run: (facts: CheckFacts) => CheckFinding | Promise<CheckFinding>;
}

/** How to mend whatever a new installation brings. */
export const INSTALL = 'Run `pattern-tracker install` (or ./install.sh in a clone).';

/** Nothing to mend. */
export function ok(found: string): CheckFinding {
  return { status: 'ok', found };
}

/** Recording goes on, but something needs a look. */
export function warn(found: string, mend: string): CheckFinding {
  return { status: 'warn', found, mend };
}

/** Events are lost, or will be. */
export function fail(found: string, mend: string): CheckFinding {
  return { status: 'fail', found, mend };
}

/** The finding where no courier's bundle is found: a plugin keeps its own with itself, wherever that is. */
export function noBundle({ paths, installation }: CheckFacts): CheckFinding {
  const { plugin } = installation.registration;
  const found = `no dist/courier.cjs in ${paths.home}`;
  if (plugin === undefined) return fail(found, INSTALL);
  return warn(
    `${found}; the plugin ${plugin} brings its own`,
    'To have it looked at too, run `node dist/cli.mjs doctor` in the folder of the plugin.',
  );
}
