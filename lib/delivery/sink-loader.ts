import type { Sink } from './delivery-policy.ts';
import { OTLP } from './delivery-policy.ts';
import type { OtlpDeliveryOptions } from './collector/collector-delivery.ts';
import type { OpenDelivery } from './sink-delivery.ts';

/** Opens delivery to a sink; it throws a TrackerError when the configuration can't be acted on. */
export type OpenSink = (options: OtlpDeliveryOptions) => OpenDelivery;

/** Loads what delivery to a sink needs, which takes longer than all the rest. */
export async function loadSink(sink: Sink): Promise<OpenSink> {
  if (sink === OTLP) return (await import('./collector/collector-delivery.ts')).openOtlpDelivery;
  return (await import('./sink-delivery.ts')).openSinkDelivery;
}
