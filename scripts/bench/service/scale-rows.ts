import { patternId } from '../../../lib/pattern/identify.ts';
import { Random } from '../measure/random.ts';
import { SourceCode } from '../measure/source-code.ts';

/** A pattern to be stored. Times are in milliseconds since 1970. */
export interface ScalePattern {
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly language: string;
  readonly generation: number;
  readonly lineageId: string;
  readonly parentId: string | null;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

/** An occurrence to be stored; `at` is in milliseconds since 1970. */
export interface ScaleOccurrence {
  readonly eventId: string;
  readonly patternId: string;
  readonly action: 'created' | 'modified' | 'applied';
  readonly sessionId: string;
  readonly filePath: string;
  readonly language: string;
  readonly at: number;
}

const START = Date.parse('2026-01-01T00:00:00Z');
/** Time between two new patterns, in milliseconds: a million patterns take four months. */
const STEP_MS = 10_000;
/** A pattern's parent is one of this many live patterns. */
const LIVE_PATTERNS = 40;
/** As long as the shortest month, so that steps of this length skip no month. */
const MONTH_MS = 28 * 86_400_000;
const LANGUAGES = ['typescript', 'python', 'go', 'rust', 'sql'] as const;

/**
 * Rows as a team would produce them: lineages some tens deep, real code, a few patterns that are used a
 * lot.
 */
export class ScaleRows {
  readonly #random: Random;
  readonly #source: SourceCode;
  readonly #live: ScalePattern[] = [];
  #made = 0;

  constructor(seed = 7) {
    this.#random = new Random(seed);
    this.#source = new SourceCode(this.#random);
  }

  /** A time in each month that the given number of patterns falls into. */
  months(patterns: number): number[] {
    const end = START + patterns * STEP_MS + STEP_MS * 1_000;
    return Array.from({ length: Math.ceil((end - START) / MONTH_MS) + 1 }, (_, n) =>
      Math.min(START + n * MONTH_MS, end),
    );
  }

  /** The next pattern and its occurrences. */
  next(): { readonly pattern: ScalePattern; readonly occurrences: readonly ScaleOccurrence[] } {
    const random = this.#random;
    const n = (this.#made += 1);
    const code = this.#source.piece(3, 20);
    const id = patternId(code, { scheme: 'sha16-code' });
    const at = START + n * STEP_MS;
    const isChild = this.#live.length > 0 && random.between(1, 10) <= 7;
    const parent = isChild ? this.#live[random.between(0, this.#live.length - 1)] : undefined;
    const count = n % 1000 === 0 ? 1_000 : random.between(1, 7);
    const language = parent?.language ?? LANGUAGES[random.between(0, 4)] ?? 'typescript';
    const pattern = {
      id,
      name: `module-${random.between(1, 5_000)}.ts`,
      code,
      language,
      generation: (parent?.generation ?? 0) + 1,
      lineageId: parent?.lineageId ?? id,
      parentId: parent?.id ?? null,
      firstSeenAt: at,
      lastSeenAt: at + (count - 1) * 1_000,
    };
    // Once there are enough live patterns, a child replaces its parent, so that lineages become deep.
    const place = parent ? this.#live.indexOf(parent) : this.#live.length;
    if (this.#live.length < LIVE_PATTERNS) this.#live.push(pattern);
    else this.#live[parent ? place : random.between(0, LIVE_PATTERNS - 1)] = pattern;
    const occurrences = Array.from({ length: count }, (_, use) => ({
      eventId: `${id}${n.toString(16).padStart(8, '0')}${use.toString(16).padStart(8, '0')}`,
      patternId: id,
      action:
        use > 0 ? ('applied' as const) : parent ? ('modified' as const) : ('created' as const),
      sessionId: `session-${Math.ceil(n / 50)}`,
      filePath: `/w/project-${random.between(1, 200)}/src/${pattern.name}`,
      language,
      at: at + use * 1_000,
    }));
    return { pattern, occurrences };
  }
}
