import type { EdgeType, TransformationType } from '../lineage-api/lineage-event.ts';
import { circles } from './circles.ts';

/*
 * The rule book of lineage. What is stored is a function of the set of occurrences, so every writer that is
 * told of the same history, in whatever order, ends up with the same rows.
 *
 * - The origin of a pattern is the earliest occurrence that tells how it came to be. Of two in the same
 *   millisecond it is that of the greater event id; of two pieces of one event, the earlier piece.
 * - A pattern descends from what its origin replaced. A claimed parent counts if it is known and did not
 *   originate after its child. Between patterns of one millisecond a claim counts unless it is part of a
 *   circle. So lineage has no cycles.
 * - The generation is one more than the highest of the parents', 1 without parents. The lineage is that of
 *   the first parent that counts, else the pattern itself.
 * - A claim that does not count is kept, and counts as soon as its parent is known early enough.
 */

/** What an occurrence says that its pattern came from. */
export interface Claim {
  readonly parentId: string;
  readonly edgeType: EdgeType;
  readonly transformationType: TransformationType | null;
  /** When the claim was made, in milliseconds since 1970. */
  readonly at: number;
}

/** A claim of a pattern's origin, with what became of it. */
export interface JudgedClaim extends Claim {
  /** True if the claim counts, which makes its parent a parent. */
  readonly counts: boolean;
}

/** An occurrence, as far as descent is concerned. */
export interface ToldOccurrence {
  readonly patternId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The event's id as sinks know it; it decides between occurrences of one millisecond. */
  readonly key: string;
  /** In the order in which the parents were named. Repeated parents and the pattern itself are ignored. */
  readonly claims: readonly Claim[];
}

/** What a store keeps of a pattern's descent in the pattern's own row. */
export interface DescentNode {
  /** Time of the origin, in milliseconds since 1970. */
  readonly originAt: number;
  /** Key of the origin; empty where none was stored. */
  readonly originKey: string;
  /** From 1. */
  readonly generation: number;
  /** Id of the root pattern. */
  readonly lineageId: string;
}

/** A pattern's descent with the edges that follow from it. */
export interface PatternDescent extends DescentNode {
  readonly id: string;
  /** `modified` if it has parents. */
  readonly origin: 'created' | 'modified';
  /** In their order; an edge's position is its index here. */
  readonly claims: readonly JudgedClaim[];
}

/** A pattern whose stored descent has to change. */
export interface DescentChange {
  /** Undefined for a pattern that was not known. */
  readonly before: DescentNode | undefined;
  readonly after: PatternDescent;
}

/** What a store knows of descent. */
export interface KnownDescent {
  readonly node: (id: string) => DescentNode | undefined;
  /** The claims of a known pattern's origin, in their order. */
  readonly claims: (id: string) => readonly JudgedClaim[];
  /** The known patterns whose origin claims `id` as a parent, whether the claim counts or not. */
  readonly claimants: (id: string) => readonly string[];
}

/**
 * Applies occurrences to what a store knows and tells which rows change. It works in memory: the same
 * input gives the same changes.
 */
export class Descent {
  readonly #known: KnownDescent;
  readonly #stored = new Map<string, DescentNode | undefined>();
  readonly #told = new Map<string, PatternDescent>();
  /** Patterns told of here, by the parents that they claim. */
  readonly #toldClaimants = new Map<string, Set<string>>();

  constructor(known: KnownDescent) {
    this.#known = known;
  }

  /** A pattern's descent as it is now; undefined for a pattern that is not known. */
  node(id: string): DescentNode | undefined {
    return this.#told.get(id) ?? this.#storedNode(id);
  }

  /**
   * Tells of an occurrence. Returns the pattern's descent if the occurrence is its origin now, and
   * undefined if an earlier one is known.
   */
  tell(occurrence: ToldOccurrence): PatternDescent | undefined {
    const { patternId, at, key } = occurrence;
    const known = this.node(patternId);
    if (known && !isEarlierOrigin(occurrence, known)) return undefined;
    const claims = distinctClaims(occurrence);
    for (const { parentId } of claims) {
      const claimants = this.#toldClaimants.get(parentId);
      if (claimants) claimants.add(patternId);
      else this.#toldClaimants.set(parentId, new Set([patternId]));
    }
    const descent = this.#derive(patternId, { originAt: at, originKey: key }, claims, NONE);
    this.#told.set(patternId, descent);
    this.#passOn(patternId);
    return this.#told.get(patternId);
  }

  /** The patterns whose rows have to change; a new pattern is among them. */
  changes(): DescentChange[] {
    return [...this.#told].map(([id, after]) => ({ before: this.#stored.get(id), after }));
  }

  /** Works out the descent of all that may follow from a pattern with a new origin, parents first. */
  #passOn(id: string): void {
    const affected = this.#affectedBy(id);
    if (affected.size === 1) return;
    const parentsOf = (child: string) => {
      const { originAt } = this.node(child) ?? NOWHERE;
      return this.#claims(child).flatMap(({ parentId }) => {
        const parent = affected.has(parentId) ? this.node(parentId) : undefined;
        return parent && parent.originAt <= originAt ? parentId : [];
      });
    };
    for (const members of circles(affected, parentsOf)) {
      const circle: ReadonlySet<string> = members.length > 1 ? new Set(members) : NONE;
      for (const member of members) this.#rederive(member, circle);
    }
  }

  /** The pattern and all that claim it, directly or through others, unless they are older than it. */
  #affectedBy(id: string): ReadonlySet<string> {
    const affected = new Set([id]);
    for (const parentId of affected) {
      const parent = this.node(parentId) ?? NOWHERE;
      for (const childId of this.#claimants(parentId)) {
        const child = this.node(childId);
        if (child && child.originAt >= parent.originAt) affected.add(childId);
      }
    }
    return affected;
  }

  #rederive(id: string, circle: ReadonlySet<string>): void {
    const node = this.node(id);
    if (!node) return;
    const claims = this.#claims(id);
    const descent = this.#derive(id, node, claims, circle);
    const isSame =
      descent.generation === node.generation &&
      descent.lineageId === node.lineageId &&
      descent.claims.every(({ counts }, index) => counts === claims[index]?.counts);
    if (!isSame) this.#told.set(id, descent);
  }

  /** `circle`: the patterns of the same millisecond that claim each other in a circle with this one. */
  #derive(
    id: string,
    { originAt, originKey }: Pick<DescentNode, 'originAt' | 'originKey'>,
    claims: readonly Claim[],
    circle: ReadonlySet<string>,
  ): PatternDescent {
    let generation = 1;
    let lineageId: string | undefined;
    const judged = claims.map((claim) => {
      const parent = this.node(claim.parentId);
      const counts =
        parent !== undefined && parent.originAt <= originAt && !circle.has(claim.parentId);
      if (counts) {
        generation = Math.max(generation, parent.generation + 1);
        lineageId ??= parent.lineageId;
      }
      return { ...claim, counts };
    });
    const origin = lineageId === undefined ? 'created' : 'modified';
    lineageId ??= id;
    return { id, originAt, originKey, generation, lineageId, origin, claims: judged };
  }

  #storedNode(id: string): DescentNode | undefined {
    if (!this.#stored.has(id)) this.#stored.set(id, this.#known.node(id));
    return this.#stored.get(id);
  }

  #claims(id: string): readonly JudgedClaim[] {
    return this.#told.get(id)?.claims ?? this.#known.claims(id);
  }

  #claimants(id: string): ReadonlySet<string> {
    const claimants = new Set(this.#toldClaimants.get(id));
    for (const childId of this.#known.claimants(id)) claimants.add(childId);
    // A pattern that has got another origin may have given up the claim.
    for (const childId of claimants) {
      const told = this.#told.get(childId);
      if (told && !told.claims.some(({ parentId }) => parentId === id)) claimants.delete(childId);
    }
    return claimants;
  }
}

/** True if an occurrence is the origin rather than the one that is known. */
export function isEarlierOrigin(
  { at, key }: Pick<ToldOccurrence, 'at' | 'key'>,
  { originAt, originKey }: DescentNode,
): boolean {
  if (at !== originAt) return at < originAt;
  if (originKey === '') return false;
  const [event, piece] = splitKey(key);
  const [originEvent, originPiece] = splitKey(originKey);
  if (event !== originEvent) return event > originEvent;
  return piece === originPiece ? key < originKey : piece < originPiece;
}

// --- internal ---

const NONE: ReadonlySet<string> = new Set();
/** Stands in for a pattern that is not known, which nothing descends from. */
const NOWHERE = { originAt: Infinity };

function distinctClaims({ patternId, claims }: ToldOccurrence): Claim[] {
  const met = new Set([patternId]);
  return claims.filter(({ parentId }) => {
    if (met.has(parentId)) return false;
    met.add(parentId);
    return true;
  });
}

/** A key is the id of an event, and behind a hyphen the number of the piece if it has several. */
function splitKey(key: string): [event: string, piece: number] {
  const match = /^(.*)-(\d+)$/s.exec(key);
  return match ? [match[1] ?? '', Number(match[2])] : [key, 0];
}
