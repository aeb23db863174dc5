import { AI_TOKENS } from './ai-tokens.ts';
import { CLOUD_TOKENS } from './cloud-tokens.ts';
import { CODE_TOKENS } from './code-tokens.ts';
import { DATA_TOKENS } from './data-tokens.ts';
import { MESSAGE_TOKENS } from './message-tokens.ts';
import { PAYMENT_TOKENS } from './payment-tokens.ts';
import { SERVICE_TOKENS } from './service-tokens.ts';
import type { TokenForm } from './token-form.ts';

/**
 * All known tokens that need nothing beside them to be told, after what their vendors and the public rule sets say of
 * their form: gitleaks and betterleaks, detect-secrets, secretlint, trufflehog, Nosey Parker and others. Those that
 * need their vendor's name are found by it: `vendor-words.ts`.
 */
export const TOKENS: readonly TokenForm[] = [
  ...AI_TOKENS,
  ...CLOUD_TOKENS,
  ...CODE_TOKENS,
  ...DATA_TOKENS,
  ...MESSAGE_TOKENS,
  ...PAYMENT_TOKENS,
  ...SERVICE_TOKENS,
];
