import { WorkBudget } from './budget.ts';
import { decode } from './decode.ts';
import { encodedRuns } from './encoded.ts';
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
 * its escapes, layer by layer, and within base64 is looked at in the same way.
 */
export function createSecretFinder(
  rules: readonly AnchoredRule[] = RULES,
  textRules: readonly TextRule[] = [],
): SecretFinder {
  const look = createLook(rules);
  return (text, budget, learn) => {
    budget.allow(text.length);
    const findings: FoundSecret[] = [];
    let checkedTo = look(text, budget, findings);
    for (const rule of textRules) {
      for (const { start, end } of rule.findAll(text))
        findings.push({ start, end, kind: rule.kind });
    }
    for (const run of encodedRuns(text)) {
      const inside: FoundSecret[] = [];
      look(run.text, budget, inside);
      const [first] = inside;
      if (first === undefined) continue;
      for (const { start, end, kind } of inside) learn?.(run.text.slice(start, end), kind);
      findings.push({ start: run.start, end: run.end, kind: first.kind });
    }
    if (learn) for (const { start, end, kind } of findings) learn(text.slice(start, end), kind);
    let layer = text;
    let toText = (at: number) => at;
    for (let depth = 0; depth < MOST_LAYERS; depth += 1) {
      const decoded = decode(layer);
      if (decoded === undefined) break;
      const inside: FoundSecret[] = [];
      const outer = toText;
      toText = (at) => outer(decoded.origin[at] ?? 0);
      const reached = look(decoded.text, budget, inside);
      if (reached < decoded.text.length) checkedTo = Math.min(checkedTo, toText(reached));
      for (const { start, end, kind } of inside) {
        learn?.(decoded.text.slice(start, end), kind);
        findings.push({ start: toText(start), end: toText(end), kind });
      }
      layer = decoded.text;
    }
    return {
      secrets: findings.length === 0 ? findings : withoutOverlaps(text, findings),
      checkedTo,
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
      const end = (rules[index] as AnchoredRule).find(source, at, found, work);
      // A longer trigger that began earlier may come later, so a rule that found nothing skips nothing.
      if (end > at + 1) {
        next[index] = end;
        clean = false;
      }
      if (!work.spend(STEPS_PER_LOOK + end - at)) return false;
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
