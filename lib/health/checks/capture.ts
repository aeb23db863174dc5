import { captureText } from '../../config/capture-text.ts';
import type { CheckFacts } from './check-facts.ts';
import { fail, ok } from './check.ts';
import type { CheckFinding } from './check.ts';

/** It is known what may be kept of events; says what the policy leaves out. */
export function captureKnown({ config, gathered }: CheckFacts): CheckFinding {
  const { policyError, courier } = config;
  if (policyError !== null) {
    return fail(
      `it is not certain what may be kept: ${policyError}`,
      'Correct it there. A courier that starts now lets the events wait.',
    );
  }
  const counters = gathered().stored.content.value?.counters ?? {};
  return ok(captureText(courier.config.capture, counters) ?? 'everything is kept, redacted');
}
