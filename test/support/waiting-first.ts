import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** Begins with the files that wait longest, so that the others fill the time and none is left for the end. */
export class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) =>
      LONGEST.findIndex((part) => moduleId.includes(part)) >>> 0; // -1 is last
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

// --- internal ---

/** The longest first. */
const LONGEST = [
  'processes/runbook-drill',
  'alerts/simulated-week',
  'deploy/panels',
  'faults/fault-kinds',
  'redact/recall',
  'processes/delivery-chaos',
  'processes/courier.',
  'processes/restore',
  'processes/delivery.',
  'processes/',
  'cli/flush.',
  'faults/',
  'hooks/',
  'service/fuzz',
  'postgres/',
];
