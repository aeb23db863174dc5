import type { WorkBudget } from './budget.ts';
import { markerOf, mergeOverlaps, withoutOverlaps } from './find.ts';
import type { Findings, SecretFinder } from './find.ts';
import type { KnownValues } from './known-values.ts';
import type { FoundSecret } from './rule.ts';

/** What became of a text. */
export interface RedactedText {
  readonly text: string;
  /** The number of markers put in, for secrets and for what was left out. */
  readonly count: number;
  /** The secrets, by their positions in the text as it was given, in order. */
  readonly findings: readonly FoundSecret[];
  /** How many characters were replaced by `[redacted:unchecked]`, because to check them was too much work. */
  readonly leftOut: number;
}

/** What the redaction of one event works with. */
export interface RedactionTools {
  readonly find: SecretFinder;
  readonly known: KnownValues;
  readonly allow: ((value: string) => boolean) | undefined;
  readonly budget: WorkBudget;
}

/** The kind of what was left out unchecked. */
export const UNCHECKED = 'unchecked';

/** The redaction of texts with the same known values and budget. */
export class TextRedaction {
  readonly #tools: RedactionTools;
  /** What rules found in texts, because a payload is walked again when something was found. */
  readonly #found = new Map<string, Findings>();

  constructor(tools: RedactionTools) {
    this.#tools = tools;
  }

  /** Redacts a text until nothing more is found in what is left. */
  of(text: string): RedactedText {
    let found: readonly FoundSecret[] = [];
    let result = text;
    for (let pass = 0; pass < MOST_PASSES; pass += 1) {
      const more = this.findIn(result);
      if (more.length === 0) break;
      const toText = originOf(found);
      const placed = more.map(({ start, end, kind }) => ({
        start: toText(start),
        end: toText(end),
        kind,
      }));
      found = mergeOverlaps(text, [...found, ...placed]);
      result = replaced(text, found);
    }
    const findings = found.filter(({ kind }) => kind !== UNCHECKED);
    const leftOut = found.reduce(
      (sum, { start, end, kind }) => sum + (kind === UNCHECKED ? end - start : 0),
      0,
    );
    return { text: result, count: found.length, findings, leftOut };
  }

  /** The secrets of a text, and what is left of it when the budget ended. Remembers their values. */
  findIn(text: string): FoundSecret[] {
    const { find, known, allow, budget } = this.#tools;
    let findings = this.#found.get(text);
    if (findings === undefined) {
      findings = find(text, budget, (secret, kind) => {
        if (allow?.(secret) !== true) known.add(secret, kind);
      });
      if (findings.secrets.length > 0 || findings.checkedTo < text.length) {
        this.#found.set(text, findings);
      }
    }
    const { secrets, checkedTo } = findings;
    const again = known.findIn(text);
    if (secrets.length === 0 && again.length === 0 && checkedTo === text.length) return [];
    const found = [
      ...secrets.filter(({ start, end }) => allow?.(text.slice(start, end)) !== true),
      ...again,
    ];
    if (checkedTo === text.length) return withoutOverlaps(text, found);
    // What was found at the place where the budget ended is no reason to count the rest as found.
    const checked = withoutOverlaps(
      text,
      found.filter(({ start }) => start < checkedTo),
    );
    const start = Math.max(checkedTo, checked.at(-1)?.end ?? 0);
    return [...checked, ...withoutOverlaps(text, [{ start, end: text.length, kind: UNCHECKED }])];
  }
}

/** The text with a marker in place of each finding. */
export function replaced(text: string, findings: readonly FoundSecret[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end, kind } of findings) {
    parts.push(text.slice(from, start), markerOf(kind));
    from = end;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

// --- internal ---

/** A replaced secret changes what its neighbours look like, so passes repeat. Real texts need at most two. */
const MOST_PASSES = 6;

/** Tells where in the text a position of the redacted text was. Positions are asked in any order. */
function originOf(found: readonly FoundSecret[]): (at: number) => number {
  if (found.length === 0) return (at) => at;
  // After the finding with the same index, positions differ by this much.
  const shifts: number[] = [];
  const ends: number[] = [];
  let shift = 0;
  for (const { start, end, kind } of found) {
    shift += end - start - markerOf(kind).length;
    shifts.push(shift);
    ends.push(end - shift);
  }
  return (at) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ends[middle] as number) <= at) low = middle + 1;
      else high = middle;
    }
    return at + (shifts[low - 1] ?? 0);
  };
}
