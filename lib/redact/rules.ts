import { ASSIGNMENT_RULE } from './assignment.ts';
import { AUTHORIZATION_RULES } from './authorization.ts';
import { COMMAND_RULE } from './command-line.ts';
import { JWT_RULE } from './jwt.ts';
import { PRIVATE_KEY_RULES } from './private-key.ts';
import type { AnchoredRule } from './rule.ts';
import { STATED_RULES } from './stated.ts';
import { tokenRule } from './tokens/token-rule.ts';
import { TOKENS } from './tokens/tokens.ts';
import { URL_RULES } from './url.ts';

/** All rules, specific before general: when two find the same secret, the first names it. */
export const RULES: readonly AnchoredRule[] = [
  ...PRIVATE_KEY_RULES,
  ...TOKENS.map(tokenRule),
  JWT_RULE,
  ...URL_RULES,
  ...AUTHORIZATION_RULES,
  ...STATED_RULES,
  COMMAND_RULE,
  ASSIGNMENT_RULE,
];
