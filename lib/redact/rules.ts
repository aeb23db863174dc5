import { ASSIGNMENT_RULE } from './named/assignment.ts';
import { AUTHORIZATION_RULES } from './stated/authorization.ts';
import { COMMAND_RULE } from './stated/command-line.ts';
import { KUBERNETES_RULE } from './stated/kubernetes.ts';
import { LOGIN_CALL_RULE } from './stated/login-call.ts';
import { JWT_RULE } from './stated/jwt.ts';
import { KEY_NUMBER_RULES } from './stated/key-numbers.ts';
import { PRIVATE_KEY_RULES } from './stated/private-key.ts';
import type { AnchoredRule } from './rule.ts';
import { STATED_RULES } from './stated/stated.ts';
import { tokenRule } from './tokens/token-rule.ts';
import { TOKENS } from './tokens/tokens.ts';
import { URL_RULES } from './stated/url.ts';

/** All rules, specific before general: when two find the same secret, the first names it. */
export const RULES: readonly AnchoredRule[] = [
  ...PRIVATE_KEY_RULES,
  ...KEY_NUMBER_RULES,
  ...TOKENS.map(tokenRule),
  JWT_RULE,
  ...URL_RULES,
  ...AUTHORIZATION_RULES,
  ...STATED_RULES,
  KUBERNETES_RULE,
  COMMAND_RULE,
  LOGIN_CALL_RULE,
  ASSIGNMENT_RULE,
];
