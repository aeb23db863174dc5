import type { z } from 'zod';
import { shownValue } from './config.ts';

/**
 * What is wrong with a value, for people: what was expected, and what stands there unless it is secret. `inner` is the
 * way into the value where that is a list.
 */
export function issueText(
  issue: z.core.$ZodIssue,
  inner: readonly PropertyKey[],
  { key, value }: { readonly key: string; readonly value: unknown },
): string {
  const there = shownValue(key, valueAt(value, inner));
  const isPlain = there !== '(set)' && issue.code !== 'unrecognized_keys';
  const got = isPlain ? `, not ${shown(there)}` : '';
  return inner.map(placeText).join('') + expectation(issue) + got;
}

// --- internal ---

/** What stands in a list, at the place that an issue names. */
function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Readonly<Record<PropertyKey, unknown>>)[name]
        : undefined,
    value,
  );
}

/** A part of the way into a list: `item 2: `, `path: `. */
function placeText(name: PropertyKey): string {
  return `${typeof name === 'number' ? `item ${name + 1}` : String(name)}: `;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'keys';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    const expected = EXPECTED.get(issue.expected) ?? issue.expected;
    return `must be ${/^[aeio]/.test(expected) ? 'an' : 'a'} ${expected}`;
  }
  if (issue.code === 'too_small') {
    if (issue.origin === 'string') return 'must not be empty';
    return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
  }
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  if (issue.code === 'invalid_value')
    return `must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'unrecognized_keys') return `must not hold ${issue.keys.join(', ')}`;
  return issue.message;
}

const EXPECTED: ReadonlyMap<string, string> = new Map([
  ['int', 'whole number'],
  ['array', 'list'],
]);

/** Most characters shown of a wrong value. */
const MAX_SHOWN = 100;
