import type { Section } from './block.ts';
import { DISASTER } from './disaster.ts';
import { EMERGENCY } from './emergency.ts';
import { ROUTINE } from './routine.ts';

/** The runbook from top to bottom: docs/RUNBOOK.md is written from it, and `npm run test:runbook` runs it. */
export const SECTIONS: readonly Section[] = [...EMERGENCY, ...ROUTINE, ...DISASTER];
