import type { EdgeType, TransformationType } from '../lineage-api/lineage-terms.ts';
import { circles } from './circles.ts';
import { occurrenceKey } from './occurrence-key.ts';

/*
 * The rule book of lineage. What is stored depends only on the set of occurrences, so all writers that are
 * told the same history, in whatever order, store the same rows.
 *
 * - The origin of a pattern is the earliest occurrence that tells how it came to be. Between two of the
 *   same millisecond, the greater event id wins; between two pieces of one event, the earlier piece.
 * - A pattern descends from the patterns that its origin names: each name is a claim. A claim counts if the
 *   parent is known and did not originate after the child. Within one millisecond, it counts unless it is
 *   part of a circle. So lineage has no cycles.
 * - The generation is 1 without parents, else 1 more than that of the first parent that counts: of what an edit
 *   replaced, most was the first one's. A merge has no such parent: it is 1 more than the highest among them. The
 *   lineage is that of the first parent that counts, else the pattern's own.
 * - A claim that does not count is kept. It counts as soon as its parent is known and early enough.
 * - A pattern that is deleted takes the claims on it along, so that nothing names it any more.
 */

/** A parent that an occurrence names for its pattern. */
export interface Claim {
  readonly parentId: string;
  readonly edgeType: EdgeType;
  readonly transformationType: TransformationType | null;
  /** When the claim was made, in milliseconds since 1970. */
  readonly at: number;
}

/** A claim of a pattern's origin, and whether it counts. */
export interface JudgedClaim extends Claim {
  /** True if the pattern descends from the parent that the claim names. */
  readonly counts: boolean;
}

/** What descent needs to know of an occurrence. */
export interface ToldOccurrence {
  readonly patternId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The event's id as sinks know it. It decides between occurrences of one millisecond. */
  readonly key: string;
  /** In the order in which the parents were named. A repeated parent and the pattern itself are ignored. */
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

/** A pattern's descent, together with the claims that it follows from. */
export interface PatternDescent extends DescentNode {
  readonly id: string;
  /** `modified` if a claim counts, else `created`. */
  readonly origin: 'created' | 'modified';
  /** In the order in which the parents were named. The index of a claim is the position of its edge. */
  readonly claims: readonly JudgedClaim[];
}

/** A pattern whose stored descent has to change. */
export interface DescentChange {
  /** True if its edges change, and not only the generation and lineage that follow from its parents'. */
  readonly isRedrawn: boolean;
  /** Undefined for a pattern that was not known. */
  readonly before: DescentNode | undefined;
  readonly after: PatternDescent;
}

/** What a store knows of descent. */
export interface KnownDescent {
  readonly node: (id: string) => DescentNode | undefined;
  /** The claims of a known pattern's origin, in the order in which the parents were named. */
  readonly claims: (id: string) => readonly JudgedClaim[];
  /** The known patterns whose origin claims `id` as a parent, whether the claim counts or not. */
  readonly claimants: (id: string) => readonly string[];
}

/**
 * Applies occurrences to what a store knows, and lists the rows that change. It writes nothing itself, and
 * the same input always gives the same changes.
 */
export class Descent {
  readonly #known: KnownDescent;
  readonly #stored = new Map<string, DescentNode | undefined>();
  readonly #told = new Map<string, PatternDescent>();
  /** The patterns of `#told` whose edges change. */
  readonly #redrawn = new Set<string>();
  /** Patterns told of here, by the parents that they claim. */
  readonly #toldClaimants = new Map<string, Set<string>>();
  readonly #deleted = new Set<string>();
  /**
   * Patterns with a new origin, from which something may follow for others. It is worked out for all of them when somebody
   * asks: once for a long lineage that is told from its end, and not once for each of its patterns.
   */
  readonly #unsettled = new Set<string>();

  /** @param known what is stored; it must not change while this object is in use */
  constructor(known: KnownDescent) {
    this.#known = known;
  }

  /** A pattern's descent after all that was told here; undefined for an unknown pattern. */
  node(id: string): DescentNode | undefined {
    if (this.#current(id)) this.#settle();
    return this.#current(id);
  }

  /** Applies an occurrence. Returns true if it is the pattern's origin now, and false if an earlier one is known. */
  tell(occurrence: ToldOccurrence): boolean {
    const known = this.#current(occurrence.patternId);
    if (known && !isEarlierOrigin(occurrence, known)) return false;
    this.#originate(occurrence);
    return true;
  }

  /** A pattern's descent as it was told here; undefined for one whose row stays as it is stored. */
  told(id: string): PatternDescent | undefined {
    this.#settle();
    return this.#told.get(id);
  }

  /**
   * Applies other claims of an occurrence that was told before: its parents are known better now. Changes nothing if it
   * is not the pattern's origin.
   */
  correct(occurrence: ToldOccurrence): void {
    const known = this.#current(occurrence.patternId);
    if (known?.originAt !== occurrence.at || known.originKey !== occurrence.key) return;
    this.#originate(occurrence);
  }

  /** Applies that patterns are deleted, and with them all claims on them. `changes` lists who is left. */
  delete(ids: Iterable<string>): void {
    this.#settle();
    const gone = [...ids];
    const orphans = new Set(gone.flatMap((id) => [...this.#claimants(id)]));
    for (const id of gone) {
      this.#deleted.add(id);
      this.#told.delete(id);
      orphans.delete(id);
    }
    for (const id of orphans) {
      const node = this.#current(id);
      if (!node) continue;
      const claims = this.#claims(id).filter(({ parentId }) => !this.#deleted.has(parentId));
      this.#told.set(id, this.#derive(id, node, claims, NONE));
      this.#redrawn.add(id);
    }
    for (const id of orphans) this.#passOn([id]);
  }

  /**
   * Applies that a pattern's origin is deleted and that another occurrence, which was told of before, is the
   * origin now. Nobody has kept whom that one named, so the pattern has no parents.
   */
  moveOrigin(id: string, { at, key }: Pick<ToldOccurrence, 'at' | 'key'>): void {
    if (!this.node(id)) return;
    this.#told.set(id, this.#derive(id, { originAt: at, originKey: key }, [], NONE));
    this.#redrawn.add(id);
    for (const childId of this.#claimants(id)) {
      const child = this.#current(childId);
      if (!child || child.originAt >= at) continue;
      this.#rederive(childId, NONE);
      this.#passOn([childId]);
    }
    this.#passOn([id]);
  }

  /** The patterns whose rows have to change; a new pattern is among them. */
  changes(): DescentChange[] {
    this.#settle();
    return [...this.#told].map(([id, after]) => ({
      isRedrawn: this.#redrawn.has(id),
      before: this.#stored.get(id),
      after,
    }));
  }

  /** As `node`; generation and lineage may be those of before what is unsettled. */
  #current(id: string): DescentNode | undefined {
    if (this.#deleted.has(id)) return undefined;
    return this.#told.get(id) ?? this.#storedNode(id);
  }

  #settle(): void {
    if (this.#unsettled.size === 0) return;
    const origins = [...this.#unsettled];
    this.#unsettled.clear();
    this.#passOn(origins);
  }

  #originate(occurrence: ToldOccurrence): void {
    const { patternId, at, key } = occurrence;
    const claims = distinctClaims(occurrence);
    for (const { parentId } of claims) {
      const claimants = this.#toldClaimants.get(parentId);
      if (claimants) claimants.add(patternId);
      else this.#toldClaimants.set(parentId, new Set([patternId]));
    }
    const descent = this.#derive(patternId, { originAt: at, originKey: key }, claims, NONE);
    this.#told.set(patternId, descent);
    this.#redrawn.add(patternId);
    if (this.#claimants(patternId).size > 0) this.#unsettled.add(patternId);
  }

  /** Works out again what may follow from patterns that have a new origin, parents before children. */
  #passOn(origins: readonly string[]): void {
    const affected = this.#affectedBy(origins);
    if (affected.size === 1) return;
    const parentsOf = (child: string) => {
      const { originAt } = this.#current(child) ?? NOWHERE;
      return this.#claims(child).flatMap(({ parentId }) => {
        const parent = affected.has(parentId) ? this.#current(parentId) : undefined;
        return parent && parent.originAt <= originAt ? parentId : [];
      });
    };
    for (const members of circles(affected, parentsOf)) {
      const circle: ReadonlySet<string> = members.length > 1 ? new Set(members) : NONE;
      for (const member of members) this.#rederive(member, circle);
    }
  }

  /** The patterns, and those that claim them, directly or through others, and are not older. */
  #affectedBy(origins: readonly string[]): ReadonlySet<string> {
    const affected = new Set(origins);
    for (const parentId of affected) {
      const parent = this.#current(parentId) ?? NOWHERE;
      for (const childId of this.#claimants(parentId)) {
        const child = this.#current(childId);
        if (child && child.originAt >= parent.originAt) affected.add(childId);
      }
    }
    return affected;
  }

  #rederive(id: string, circle: ReadonlySet<string>): void {
    const node = this.#current(id);
    if (!node) return;
    const claims = this.#claims(id);
    const descent = this.#derive(id, node, claims, circle);
    const isRedrawn = descent.claims.some(({ counts }, index) => counts !== claims[index]?.counts);
    const { generation, lineageId } = descent;
    if (isRedrawn) this.#redrawn.add(id);
    else if (generation === node.generation && lineageId === node.lineageId) return;
    this.#told.set(id, descent);
  }

  /** `circle`: the patterns of one millisecond whose claims form a circle with this one. */
  #derive(
    id: string,
    { originAt, originKey }: Pick<DescentNode, 'originAt' | 'originKey'>,
    claims: readonly Claim[],
    circle: ReadonlySet<string>,
  ): PatternDescent {
    const parents: Parent[] = [];
    const judged = claims.map((claim) => {
      const parent = this.#current(claim.parentId);
      const counts =
        parent !== undefined && parent.originAt <= originAt && !circle.has(claim.parentId);
      if (counts) parents.push({ ...parent, edgeType: claim.edgeType });
      return { ...claim, counts };
    });
    return { id, originAt, originKey, ...inherited(id, parents), claims: judged };
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
    // A pattern with a new origin may no longer claim this parent.
    for (const childId of claimants) {
      const told = this.#told.get(childId);
      if (told && !told.claims.some(({ parentId }) => parentId === id)) claimants.delete(childId);
    }
    return claimants;
  }
}

/** A parent that counts, and how the child came from it. */
type Parent = Pick<DescentNode, 'generation' | 'lineageId'> & Pick<Claim, 'edgeType'>;

/** What a pattern inherits from its parents: those that count, in the order of its claims. */
export function inherited(
  id: string,
  parents: readonly Parent[],
): Pick<PatternDescent, 'origin' | 'generation' | 'lineageId'> {
  const [first] = parents;
  const deciding = first?.edgeType === 'modified_from' ? [first] : parents;
  return {
    origin: first ? 'modified' : 'created',
    generation: 1 + Math.max(0, ...deciding.map(({ generation }) => generation)),
    lineageId: first?.lineageId ?? id,
  };
}

/** True if an occurrence takes the place of the known origin. A known origin without a key wins a tie. */
export function isEarlierOrigin(
  { at, key }: Pick<ToldOccurrence, 'at' | 'key'>,
  { originAt, originKey }: DescentNode,
): boolean {
  if (at !== originAt) return at < originAt;
  if (originKey === '') return false;
  const told = occurrenceKey(key);
  const known = occurrenceKey(originKey);
  return told.eventId === known.eventId
    ? told.ordinal < known.ordinal
    : told.eventId > known.eventId;
}

// --- internal ---

const NONE: ReadonlySet<string> = new Set();
/** Stands in for an unknown pattern: it originates after all others, so nothing descends from it. */
const NOWHERE = { originAt: Infinity };

function distinctClaims({ patternId, claims }: ToldOccurrence): Claim[] {
  const met = new Set([patternId]);
  return claims.filter(({ parentId }) => {
    if (met.has(parentId)) return false;
    met.add(parentId);
    return true;
  });
}
