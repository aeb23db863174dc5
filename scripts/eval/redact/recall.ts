import type { Json } from '../../../lib/base/json.ts';
import type { Redactor } from '../../../lib/redact/redact.ts';
import { CODE_SHAPES } from './shapes/code-shapes.ts';
import { COMMAND_SHAPES } from './shapes/command-shapes.ts';
import { composedShapes } from './shapes/composed-shapes.ts';
import { CONFIG_SHAPES } from './shapes/config-shapes.ts';
import { Dice } from './dice.ts';
import type { Kind } from './kind.ts';
import { PAYLOAD_SHAPES } from './shapes/payload-shapes.ts';
import { PROSE_SHAPES } from './shapes/prose-shapes.ts';
import { textShape } from './shapes/shape.ts';
import type { Shape, Specimen } from './shapes/shape.ts';
import { WIRE_SHAPES } from './shapes/wire-shapes.ts';
import { WRAPPED_SHAPES } from './shapes/wrappers.ts';

/** The shapes that were thought up, and as many composed of parts as `composed` says. */
export function allShapes(composed: number, seed: number): readonly Shape[] {
  return [
    ...[CODE_SHAPES, CONFIG_SHAPES, WIRE_SHAPES, COMMAND_SHAPES, PROSE_SHAPES]
      .flat()
      .map((row) => textShape(row)),
    ...WRAPPED_SHAPES,
    ...PAYLOAD_SHAPES,
    ...composedShapes(composed, seed),
  ];
}

/** How many secrets were tried, and how many of them were found whole. */
export interface Tally {
  tried: number;
  found: number;
}

/** What a redactor finds of kinds in shapes. */
export interface Recall {
  readonly groups: ReadonlyMap<Kind['group'], Tally>;
  readonly kinds: ReadonlyMap<string, Tally>;
  readonly shapes: ReadonlyMap<string, Tally>;
  /** The first specimens that leaked, at most one for a kind in a shape. */
  readonly leaks: readonly Leak[];
}

/** A specimen that leaked. */
export interface Leak {
  readonly kind: string;
  readonly shape: string;
  readonly content: string;
  readonly secret: string;
}

/** What to try. */
export interface RecallOptions {
  readonly seed: number;
  readonly kinds: readonly Kind[];
  readonly shapes: readonly Shape[];
  /** Of the pairs of a kind and a shape one in this many is tried, chosen by the seed. @default 1 */
  readonly oneIn?: number;
  /** How many leaks are kept as examples. @default 1000 */
  readonly maxLeaks?: number;
}

/** Redacts kinds in shapes and counts what is gone. */
export function measureRecall(redactor: Redactor, options: RecallOptions): Recall {
  const { seed, oneIn = 1, maxLeaks = 1000 } = options;
  const groups = new Map<Kind['group'], Tally>();
  const kinds = new Map<string, Tally>();
  const shapes = new Map<string, Tally>();
  const leaks: Leak[] = [];
  for (const shape of options.shapes) {
    for (const kind of options.kinds) {
      if (shape.bare && kind.group !== 'token') continue;
      const dice = new Dice(seed, kind.name, shape.name);
      if (dice.between(1, oneIn) !== 1) continue;
      const subject = kind.subjectFor(shape, dice);
      const specimen = shape.write(subject);
      const leaked = leaks.length <= maxLeaks ? leaks : undefined;
      const kept = textsOf(redactor, specimen);
      const found = !keeps(kept, specimen, kind.publicLength);
      for (const tally of [
        tallyOf(groups, kind.group),
        tallyOf(kinds, kind.name),
        tallyOf(shapes, `${shape.name} (${kind.group})`),
      ]) {
        tally.tried += 1;
        if (found) tally.found += 1;
      }
      if (!found && leaked !== undefined && leaks.length < maxLeaks) {
        const { content } = specimen;
        leaks.push({
          kind: kind.name,
          shape: shape.name,
          content: typeof content === 'string' ? content : JSON.stringify(content),
          secret: subject.value,
        });
      }
    }
  }
  return { groups, kinds, shapes, leaks };
}

// --- internal ---

function tallyOf<K>(tallies: Map<K, Tally>, key: K): Tally {
  let tally = tallies.get(key);
  if (tally === undefined) tallies.set(key, (tally = { tried: 0, found: 0 }));
  return tally;
}

/** What is kept of a specimen, as one text. */
function textsOf(redactor: Redactor, { content }: Specimen): string {
  if (typeof content === 'string') return redactor.redactText(content).text;
  const texts: string[] = [];
  const stack: Json[] = [redactor.redactPayload(content).payload];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) {
        texts.push(key);
        stack.push(member as Json);
      }
    } else {
      texts.push(String(value));
    }
  }
  return texts.join('\n');
}

/** How much of a secret may not stay: a third of it, and at least six characters. */
function keeps(kept: string, { forms }: Specimen, publicLength: number): boolean {
  return forms.some((form) => {
    const secret = form.slice(publicLength);
    const length = Math.min(secret.length, Math.max(6, Math.ceil(secret.length / 3)));
    for (let at = 0; at + length <= secret.length; at += 1) {
      if (kept.includes(secret.slice(at, at + length))) return true;
    }
    return false;
  });
}
