import type { CheckFacts } from '../checks/check-facts.ts';

/** How the installed program differs from what was installed; paths are relative to the home. */
export interface ProgramFacts {
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  readonly added: readonly string[];
  /** How many files were compared; 0 where the installation has noted none, as that of 0.1.0. */
  readonly compared: number;
  /** True when the link `node` leads to another Node.js than was installed. */
  readonly isNodeOther: boolean;
}

/** A hook that is not as it was registered. */
export interface HookDifferenceFacts {
  readonly kind: 'changed' | 'adjusted' | 'missing' | 'unnoted' | 'wrapped';
  readonly file: string;
  readonly event: string;
}

/** What the audit judges, beside what the checks of `doctor` do. */
export interface AuditFacts extends CheckFacts {
  /** Undefined where the home has no manifest. */
  readonly program: ProgramFacts | undefined;
  readonly hookDifferences: readonly HookDifferenceFacts[];
  /** The variables that Claude Code's settings set, by the file that does. */
  readonly settingsVariables: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** The user's id; undefined where files have no owner. */
  readonly uid: number | undefined;
}
