/** What a user adds to redaction: the section `redaction` of the configuration. */
export interface OwnRedaction {
  readonly rules: readonly OwnRule[];
  /** What is no secret: a value as it is, or an expression that matches all of it. */
  readonly allow: readonly (string | { readonly pattern: string })[];
}

/** A rule of a user's. */
export interface OwnRule {
  /** Stands in the marker. */
  readonly name: string;
  readonly pattern: string;
  /** The group that is the secret. @default 0, all that the expression matches */
  readonly group?: number | undefined;
}

/** True if something of it has to be compiled. */
export function hasExpressions({ rules, allow }: OwnRedaction): boolean {
  return rules.length > 0 || allow.some((entry) => typeof entry !== 'string');
}
