import { ASSIGNMENT_RULE } from './assignment.ts';
import { AUTHORIZATION_RULES } from './authorization.ts';
import { COMMAND_RULE } from './command-line.ts';
import { PRIVATE_KEY_RULES } from './private-key.ts';
import type { AnchoredRule } from './rule.ts';
import { STATED_RULES } from './stated.ts';
import { TOKEN_RULES } from './token-rule.ts';
import { URL_RULES } from './url.ts';

/** All rules, specific before general: when two find the same secret, the first names it. */
export const RULES: readonly AnchoredRule[] = [
  ...PRIVATE_KEY_RULES,
  ...TOKEN_RULES,
  ...URL_RULES,
  ...AUTHORIZATION_RULES,
  ...STATED_RULES,
  COMMAND_RULE,
  ASSIGNMENT_RULE,
];
