import type { Json, JsonObject } from '../../base/json.ts';
import type { Redactor } from '../../redact/redact.ts';

/** Where something would be taken out. */
export interface FoundPlace {
  readonly rule: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
}

/** What redaction would make of a text. */
export interface Trial {
  readonly findings: readonly FoundPlace[];
  /** With a marker in place of each finding. */
  readonly text: string;
  /** Characters that would be left out unchecked. */
  readonly leftOut: number;
}

/** Tries redaction on a text. Places are those in the text as it is given. */
export function tryText(redactor: Redactor, given: string): Trial {
  const text = given.replace(/^\uFEFF/, ''); // no editor shows a byte order mark
  const { findings, text: redacted, leftOut } = redactor.redactText(text);
  const placeOf = placer(text);
  return {
    findings: findings.map(({ start, kind }) => ({ rule: kind, ...placeOf(start) })),
    text: redacted,
    leftOut,
  };
}

/** Tries redaction on the payload of an event. Places are those in the text of the result, which is indented JSON. */
export function tryPayload(redactor: Redactor, payload: JsonObject): Trial {
  const { payload: redacted, leftOut } = redactor.redactPayload(payload);
  const text = `${JSON.stringify(redacted, null, 2)}\n`;
  const placeOf = placer(text);
  const known = markersIn(payload);
  const findings = [...text.matchAll(MARKER)].flatMap(({ index, 1: rule = '' }) => {
    const left = known.get(rule) ?? 0;
    known.set(rule, left - 1);
    return left > 0 || rule === UNCHECKED ? [] : [{ rule, ...placeOf(index) }];
  });
  return { findings, text, leftOut };
}

// --- internal ---

const MARKER = /\[redacted:([a-z0-9-]+)\]/g;
const UNCHECKED = 'unchecked';

/** How often each marker stands in a payload already. */
function markersIn(payload: Json): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [, rule = ''] of JSON.stringify(payload).matchAll(MARKER)) {
    counts.set(rule, (counts.get(rule) ?? 0) + 1);
  }
  return counts;
}

/** Tells line and column of a position. Ask in the order of the text. */
function placer(text: string): (at: number) => Omit<FoundPlace, 'rule'> {
  const breaks = text.matchAll(/\r\n|\r|\n/g);
  let line = 1;
  let start = 0;
  let next = breaks.next().value;
  return (at) => {
    while (next !== undefined && next.index + next[0].length <= at) {
      line += 1;
      start = next.index + next[0].length;
      next = breaks.next().value;
    }
    return { line, column: Array.from(text.slice(start, at)).length + 1 };
  };
}
