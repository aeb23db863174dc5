import type { EdgeType, TransformationType } from '../../../lineage-api/lineage-terms.ts';
import type { PatternNode } from './tracked-event.ts';

/** Towards the patterns it came from, or towards those that came from it. */
export type Direction = 'ancestry' | 'descendants';

/** How far a walk through the lineage goes. */
export interface WalkLimits {
  /** Steps from the pattern asked about. */
  readonly depth: number;
  /** Patterns in the answer. */
  readonly rows: number;
}

/** A pattern that a walk through the lineage met. */
export interface Relative extends PatternNode {
  readonly name: string;
  readonly edgeType: EdgeType;
  readonly transformationType: TransformationType | null;
  /** Steps from the pattern asked about, from 1. */
  readonly depth: number;
  readonly createdAt: number;
}

/** A pattern, and what it came from or what came from it. */
export interface Relatives {
  readonly node: PatternNode & { readonly createdAt: number };
  /** Nearest first, each once. */
  readonly relatives: readonly Relative[];
  /** True when the lineage goes on beyond the limits. */
  readonly isCut: boolean;
}
