import { AI_TOKENS } from './ai-tokens.ts';
import { CLOUD_TOKENS } from './cloud-tokens.ts';
import { CODE_TOKENS } from './code-tokens.ts';
import { DATA_TOKENS } from './data-tokens.ts';
import { MESSAGE_TOKENS } from './message-tokens.ts';
import { PAYMENT_TOKENS } from './payment-tokens.ts';
import { SERVICE_TOKENS } from './service-tokens.ts';
import type { TokenForm } from './token-form.ts';

/**
 * All known tokens. What their vendors and the public rule sets say of their form (gitleaks, betterleaks,
 * detect-secrets, secretlint, trufflehog, Nosey Parker, Kingfisher, GitHub's partners), where it suffices by itself.
 * What needs a vendor's name beside it is found by that name: `vendor-words.ts`.
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
