import { WorkBudget } from './budget.ts';
import { decode } from './decode.ts';
import { encodedRuns } from './encoded.ts';
import { joinedTexts } from './joined.ts';
import { RULES } from './rules.ts';
import type { AnchoredRule, FoundSecret, TextRule } from './rule.ts';
import { createTriggerScanner } from './scan.ts';

/** What was found in a text. */
export interface Findings {
  /** In order, without overlaps. */
  readonly secrets: readonly FoundSecret[];
  /** Where the budget ended; the length of the text if it was enough. */
  readonly checkedTo: number;
}

/** Finds the secrets of a text. `learn` is told each secret as it reads without its encoding. */
export type SecretFinder = (
  text: string,
  budget: WorkBudget,
  learn?: (secret: string, kind: string) => void,
) => Findings;

/** The marker that replaces a secret of this kind. */
export function markerOf(kind: string): string {
  return `[redacted:${kind}]`;
}

/**
 * Builds a finder. One pass over the text finds the rules' triggers, and a rule runs only where one of
 * its triggers stands. A clean text therefore costs little more than that pass. What the text says without
 * its escapes, layer by layer, within base64 and where lines were broken is looked at in the same way.
 */
export function createSecretFinder(
  rules: readonly AnchoredRule[] = RULES,
  textRules: readonly TextRule[] = [],
): SecretFinder {
  const look = createLook(rules);
  /** Looks at a text and at its broken words; `place` tells where in the whole text a position is. */
  const lookAt = (text: string, work: Work, place: (at: number) => number): void => {
    const inside: FoundSecret[] = [];
    const reached = look(text, work.budget, inside);
    if (reached < text.length) work.checkedTo = Math.min(work.checkedTo, place(reached));
    const ends = new Set(inside.map(({ end }) => end));
    const checked = text.slice(0, reached);
    for (const joined of joinedTexts(checked, work.budget, (end) => ends.has(end))) {
      const words: FoundSecret[] = [];
      if (look(joined.text, work.budget, words) < joined.text.length) {
        work.checkedTo = Math.min(work.checkedTo, place(joined.start));
        break; // what follows is left out
      }
      for (const { start, end, kind } of words) {
        const stretch = joined.placeOf(start, end);
        if (stretch === undefined || NAMED.has(kind)) continue;
        work.learn?.(joined.text.slice(start, end), kind);
        inside.push({ ...stretch, kind });
      }
    }
    for (const { start, end, kind } of inside) {
      work.learn?.(text.slice(start, end), kind);
      work.findings.push({ start: place(start), end: place(end), kind });
    }
  };
  return (whole, budget, learn) => {
    budget.allow(whole.length);
    const work: Work = { budget, learn, findings: [], checkedTo: whole.length };
    const { findings } = work;
    lookAt(whole, work, (at) => at);
    const text = whole.slice(0, work.checkedTo);
    for (const rule of textRules) {
      for (const { start, end } of rule.findAll(text)) {
        if (!budget.spend(STEPS_PER_FINDING)) {
          work.checkedTo = Math.min(work.checkedTo, start);
          break;
        }
        learn?.(text.slice(start, end), rule.kind);
        findings.push({ start, end, kind: rule.kind });
      }
    }
    for (const run of encodedRuns(text)) {
      const inside: FoundSecret[] = [];
      if (look(run.text, budget, inside) < run.text.length) {
        work.checkedTo = Math.min(work.checkedTo, run.start);
        break;
      }
      const [first] = inside;
      if (first === undefined) continue;
      for (const { start, end, kind } of inside) learn?.(run.text.slice(start, end), kind);
      learn?.(text.slice(run.start, run.end), first.kind);
      findings.push({ start: run.start, end: run.end, kind: first.kind });
    }
    for (const stretch of stretchesOf(text)) {
      let layer = text.slice(stretch.start, stretch.end);
      let toText = (at: number) => stretch.start + at;
      for (let depth = 0; depth < MOST_LAYERS; depth += 1) {
        const decoded = decode(layer);
        if (decoded === undefined) break;
        const outer = toText;
        toText = (at) => outer(decoded.origin[at] ?? 0);
        lookAt(decoded.text, work, toText);
        layer = decoded.text;
      }
    }
    return {
      secrets: findings.length === 0 ? findings : withoutOverlaps(text, findings),
      checkedTo: work.checkedTo,
    };
  };
}

/** Drops findings that touch an existing marker, and merges those that overlap. */
export function withoutOverlaps(text: string, findings: readonly FoundSecret[]): FoundSecret[] {
  if (!text.includes(MARKER_START)) return mergeOverlaps(text, findings);
  const markers = [...text.matchAll(MARKER)];
  let next = 0;
  const free = findings
    .toSorted((a, b) => a.start - b.start)
    .filter(({ start, end }) => {
      while (next < markers.length && endOf(markers[next]) <= start) next += 1;
      return (markers[next]?.index ?? Infinity) >= end;
    });
  return mergeOverlaps(text, free);
}

/** Puts findings in order, and makes one of those that overlap. */
export function mergeOverlaps(text: string, findings: readonly FoundSecret[]): FoundSecret[] {
  const sorted = findings
    .filter(({ start, end }) => end > start)
    .toSorted((a, b) => a.start - b.start || b.end - a.end);
  const settled: FoundSecret[] = [];
  for (const finding of sorted) {
    const last = settled.at(-1);
    if (last === undefined || finding.start >= last.end) {
      settled.push(finding);
      continue;
    }
    const isNamed = GENERAL.has(last.kind) && !GENERAL.has(finding.kind);
    // What is found by its form ends where the form does, not with a bracket behind it.
    const isTail = isNamed && /^[^\w\s]{1,3}$/.test(text.slice(finding.end, last.end));
    const end = isTail ? finding.end : Math.max(last.end, finding.end);
    settled[settled.length - 1] = {
      start: last.start,
      end,
      kind: isNamed ? finding.kind : last.kind,
    };
  }
  return settled;
}

// --- internal ---

/** A string in JSON in JSON has three. */
const MOST_LAYERS = 4;
/** What it costs to look at a place, as often as reading a character. */
const STEPS_PER_LOOK = 20;
/** A finding and what becomes of it take some hundred bytes until the event is stored, so that findings are bounded, too. */
const STEPS_PER_FINDING = 2_000;
/** Decoding keeps for each unit where it stood, so it takes a long text in stretches. */
const LONGEST_STRETCH = 2 ** 20;
/** Stretches overlap by more than an encoded private key has. */
const OVERLAP = 2 ** 14;
const MARKER_START = '[redacted:';
const MARKER = /\[redacted:[a-z0-9-]+\]/g;

/** Kinds found by what surrounds a secret. A kind found by the secret's own form names it better. */
const GENERAL: ReadonlySet<string> = new Set([
  'assignment',
  'authorization',
  'url-password',
  'cookie',
  'command-line',
  'signed-url',
  'webhook',
]);

/** Kinds of what a name or a program says of a value, which is found with its further lines by its own rules. */
const NAMED: ReadonlySet<string> = new Set([
  'assignment',
  'authorization',
  'cookie',
  'command-line',
]);

interface Work {
  readonly budget: WorkBudget;
  readonly learn: ((secret: string, kind: string) => void) | undefined;
  readonly findings: FoundSecret[];
  checkedTo: number;
}

function* stretchesOf(text: string): Generator<{ readonly start: number; readonly end: number }> {
  for (let start = 0; ; start += LONGEST_STRETCH - OVERLAP) {
    const end = Math.min(text.length, start + LONGEST_STRETCH);
    yield { start, end };
    if (end === text.length) return;
  }
}

type Look = (text: string, budget: WorkBudget, findings: FoundSecret[]) => number;

/** Runs the rules over one text, and returns where the budget ended. */
function createLook(rules: readonly AnchoredRule[]): Look {
  const rulesOf = new Map<string, number[]>();
  for (const [index, { triggers }] of rules.entries()) {
    for (const trigger of triggers) rulesOf.set(trigger, [...(rulesOf.get(trigger) ?? []), index]);
  }
  const scanner = createTriggerScanner([...rulesOf.keys()]);
  const ruleList = [...rulesOf.values()];
  // One callback and one array serve all texts, because most strings of a payload are short and clean.
  const next = new Int32Array(rules.length);
  let source = '';
  let found: FoundSecret[] = [];
  let work = new WorkBudget();
  let clean = true;
  const onHit = (word: number, at: number): boolean => {
    for (const index of ruleList[word] as number[]) {
      if (at < (next[index] as number)) continue;
      const before = found.length;
      const end = (rules[index] as AnchoredRule).find(source, at, found, work);
      const steps = STEPS_PER_LOOK + end - at + STEPS_PER_FINDING * (found.length - before);
      // A longer trigger that began earlier may come later, so a rule that found nothing skips nothing.
      if (end > at + 1) {
        next[index] = end;
        clean = false;
      }
      if (!work.spend(steps)) return false;
    }
    return true;
  };
  return (text, budget, findings) => {
    if (!budget.spend(text.length)) return 0;
    source = text;
    found = findings;
    work = budget;
    if (!clean) next.fill(0);
    clean = true;
    const reached = scanner.scan(text, onHit);
    source = '';
    return reached;
  };
}

function endOf(marker: RegExpExecArray | undefined): number {
  return marker === undefined ? 0 : marker.index + marker[0].length;
}
