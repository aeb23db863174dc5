import { OWN_RULES } from './rules.ts';
import type { Finding, SecretRule, TextRule } from './rule.ts';
import { createTriggerScanner } from './scan.ts';
import { SECRETLINT_RULES } from './secretlint.ts';
import { matchAt } from './sticky.ts';

/** All rules: our own, then those of secretlint. */
export const RULES: readonly SecretRule[] = [...OWN_RULES, ...SECRETLINT_RULES];

/** Finds the secrets of a text, in order and without overlaps. */
export type SecretFinder = (text: string) => Finding[];

/** The marker that replaces a secret of this kind. */
export function markerOf(kind: string): string {
  return `[redacted:${kind}]`;
}

/**
 * Builds a finder. One pass over the text finds the rules' triggers, and a rule runs only where one of
 * its triggers stands. A clean text therefore costs little more than that pass. `rules` defaults to all.
 */
export function createSecretFinder(rules: readonly SecretRule[] = RULES): SecretFinder {
  const rulesOf = new Map<string, SecretRule[]>();
  for (const rule of rules) {
    for (const trigger of rule.triggers) {
      rulesOf.set(trigger, [...(rulesOf.get(trigger) ?? []), rule]);
    }
  }
  const scanner = createTriggerScanner([...rulesOf.keys()]);
  const ruleList = [...rulesOf.values()];
  const always = rules.filter(
    (rule): rule is TextRule => rule.scope === 'text' && rule.triggers.length === 0,
  );
  // One callback and one set serve all texts, because most strings of a payload are short and clean.
  let source = '';
  let findings: Finding[] = [];
  const due = new Set<TextRule>();
  const onHit = (word: number, at: number): void => {
    for (const rule of ruleList[word] ?? []) {
      if (rule.scope === 'text') {
        if (!due.has(rule) && confirms(rule, source, at)) due.add(rule);
      } else {
        const finding = rule.find(source, at);
        if (finding !== undefined) findings.push(finding);
      }
    }
  };
  return (text) => {
    source = text;
    findings = []; // a rule that threw may have left some
    due.clear();
    scanner.scan(text, onHit);
    for (const rule of always) due.add(rule);
    for (const rule of due) findings = findings.concat(rule.findAll(text));
    source = '';
    return findings.length === 0 ? findings : settle(text, findings);
  };
}

/** Drops findings that touch an existing marker, and merges those that overlap. */
export function settle(text: string, findings: readonly Finding[]): Finding[] {
  const markers = [...text.matchAll(MARKER)];
  let next = 0;
  const sorted = findings
    .filter(({ start, end }) => end > start)
    .toSorted((a, b) => a.start - b.start || b.end - a.end)
    .filter(({ start, end }) => {
      while (next < markers.length && endOf(markers[next]) <= start) next += 1;
      return (markers[next]?.index ?? text.length) >= end;
    });
  const settled: Finding[] = [];
  for (const finding of sorted) {
    const last = settled.at(-1);
    if (last === undefined || finding.start >= last.end) {
      settled.push(finding);
      continue;
    }
    const kind = GENERAL.has(last.kind) ? finding.kind : last.kind;
    settled[settled.length - 1] = { start: last.start, end: Math.max(last.end, finding.end), kind };
  }
  return settled;
}

// --- internal ---

const MARKER = /\[redacted:[a-z0-9-]+\]/g;

/** Kinds found by what surrounds a secret. A kind found by the secret's own form names it better. */
const GENERAL: ReadonlySet<string> = new Set(['assignment', 'authorization', 'url-password']);

function confirms(rule: TextRule, text: string, at: number): boolean {
  return rule.confirm === undefined || matchAt(rule.confirm, text, at) !== null;
}

function endOf(marker: RegExpExecArray | undefined): number {
  return marker === undefined ? 0 : marker.index + marker[0].length;
}
