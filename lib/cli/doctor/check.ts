import type { CliEnvironment } from '../environment.ts';
import type { RegistrationReport } from '../status/registration.ts';

/** What one check found. Whatever is not ok says how to mend it. */
export type Finding =
  | { readonly status: 'ok'; readonly found: string }
  | { readonly status: 'warn' | 'fail'; readonly found: string; readonly mend: string };

/** What the checks look at; read once. */
export interface DoctorContext {
  readonly cli: CliEnvironment;
  readonly registration: RegistrationReport;
  /** Of the `claude` on PATH; undefined where there is none. */
  readonly claudeVersion: string | undefined;
  /** The longest wait for a courier to start, in milliseconds. */
  readonly courierWaitMs: number;
}

/** One link of the way from Claude Code to the database. */
export interface Check {
  /** Stable, for `--json`. */
  readonly id: string;
  readonly title: string;
  readonly run: (context: DoctorContext) => Finding | Promise<Finding>;
}

export const INSTALL = 'Run `pattern-tracker install` (or ./install.sh in a clone).';

export function ok(found: string): Finding {
  return { status: 'ok', found };
}

export function warn(found: string, mend: string): Finding {
  return { status: 'warn', found, mend };
}

export function fail(found: string, mend: string): Finding {
  return { status: 'fail', found, mend };
}

/** Where the courier's bundle is not found: that of a plugin lies with the plugin, wherever that is. */
export function noBundle({ paths }: CliEnvironment, { plugin }: RegistrationReport): Finding {
  const found = `no dist/courier.cjs in ${paths.home}`;
  if (plugin === undefined) return fail(found, INSTALL);
  return warn(
    `${found}; the plugin ${plugin} brings its own`,
    'To have it looked at too, run `node dist/cli.mjs doctor` in the folder of the plugin.',
  );
}
