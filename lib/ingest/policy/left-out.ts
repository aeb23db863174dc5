import { hexDigest } from '../../base/digest.ts';
import { isNestedDeeper } from '../../base/json.ts';
import type { Json } from '../../base/json.ts';

/**
 * What stands in place of a value that is left out: its size, and with `digests` the beginning of its SHA-256,
 * by which equal values are recognised. What was left out before stays as it is.
 */
export function leftOut(value: Json, { digests }: { readonly digests: boolean }): string {
  if (isNestedDeeper(value, MAX_DEPTH)) return '[left out: nested too deeply]';
  if (typeof value === 'string' && LEFT_OUT.test(value)) return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const digest = digests ? `, sha256 ${hexDigest(text, DIGEST_DIGITS)}` : '';
  return `[left out: ${text.length} characters${digest}]`;
}

// --- internal ---

/** With the tag that a prompt keeps; see prompts.ts. */
const LEFT_OUT = /^(?:<task-notification>)?\[left out: \d{1,10} characters\]$/;
const DIGEST_DIGITS = 16;
/** A deeper value could overflow the stack. */
const MAX_DEPTH = 500;
