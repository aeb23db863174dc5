import type { Sink } from './delivery-policy.ts';
import { OTLP } from './delivery-policy.ts';

/** What people call a sink. */
export function nounOf(sink: Sink): 'server' | 'collector' {
  return sink === OTLP ? 'collector' : 'server';
}
