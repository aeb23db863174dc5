import { isJsonObject } from '../base/json.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { isSecretMember } from './assignment.ts';
import { createSecretFinder, markerOf } from './find.ts';
import type { FoundSecret } from './rule.ts';
import type { SecretFinder } from './find.ts';

/** Replaces secrets in what is about to be stored by `[redacted:KIND]`. */
export interface Redactor {
  /** `count` is the number of secrets replaced. A text without secrets is returned unchanged. */
  redactText(text: string): { readonly text: string; readonly count: number };
  /**
   * The same for every string of a payload, keys included, at any depth. A payload without secrets is
   * returned as the same object, not a copy.
   */
  redactPayload(payload: JsonObject): { readonly payload: JsonObject; readonly count: number };
}

/** A redactor with all rules. Redacting a result again changes nothing. */
export function createRedactor(): Redactor {
  const find = skipKnown(createSecretFinder());
  const isCleanKey = createKeyCheck(find);
  return {
    redactText: (text) => redactText(text, find),
    redactPayload(payload) {
      if (isClean(payload, find, isCleanKey)) return { payload, count: 0 };
      const copy = new PayloadCopy(find);
      return { payload: copy.of(payload), count: copy.count };
    },
  };
}

// --- internal ---

/** A replaced secret changes what its neighbours look like, so passes repeat. Real texts need at most two. */
const MAX_PASSES = 12;

type Container = JsonObject | readonly Json[];

function redactText(text: string, find: SecretFinder): { text: string; count: number } {
  let result = text;
  let count = 0;
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    const findings = find(result);
    if (findings.length === 0) break;
    count += findings.length;
    let redacted = '';
    let from = 0;
    for (const { start, end, kind } of findings) {
      redacted += result.slice(from, start) + markerOf(kind);
      from = end;
    }
    result = redacted + result.slice(from);
  }
  return { text: result, count };
}

/** How many clean texts are remembered, and their longest length in characters: some megabytes at most. */
const KNOWN_TEXTS = 64;
const KNOWN_TEXT_LENGTH = 32 * 1024;
/** Scanning a shorter text is as fast as looking it up. */
const SHORT_TEXT = 64;
const NOTHING: FoundSecret[] = [];

/**
 * Remembers the last clean texts, because what a tool wrote comes up to six times in a row: in its input
 * and its response, before the call, after it and in its batch.
 */
function skipKnown(find: SecretFinder): SecretFinder {
  const known = new Set<string>();
  return (text) => {
    if (text.length < SHORT_TEXT || text.length > KNOWN_TEXT_LENGTH) return find(text);
    if (known.has(text)) return NOTHING;
    const findings = find(text);
    if (findings.length > 0) return findings;
    known.add(text);
    if (known.size > KNOWN_TEXTS) known.delete(known.values().next().value ?? '');
    return findings;
  };
}

/** How many clean keys are remembered; payloads repeat the same few. */
const KNOWN_KEYS = 1_000;

function createKeyCheck(find: SecretFinder): (key: string) => boolean {
  const known = new Set<string>();
  return (key) => {
    if (known.has(key)) return true;
    if (find(key).length > 0) return false;
    if (known.size < KNOWN_KEYS) known.add(key);
    return true;
  };
}

/** The payload decides how deep it is nested, so the walk keeps its own stack. */
function isClean(
  payload: JsonObject,
  find: SecretFinder,
  isCleanKey: (key: string) => boolean,
): boolean {
  const stack: Container[] = [payload];
  for (let container = stack.pop(); container !== undefined; container = stack.pop()) {
    if (!isJsonObject(container)) {
      if (isTextArray(container)) {
        if (find(container.join('\n')).length > 0) return false;
        continue;
      }
      for (const value of container) {
        if (typeof value === 'string' ? find(value).length > 0 : !enqueue(stack, value))
          return false;
      }
      continue;
    }
    for (const [key, value] of Object.entries(container)) {
      if (!isCleanKey(key)) return false;
      if (typeof value !== 'string') enqueue(stack, value);
      else if (find(value).length > 0 || isSecretMember(key, value)) return false;
    }
  }
  return true;
}

function enqueue(stack: Container[], value: Json): boolean {
  if (typeof value === 'object' && value !== null) stack.push(value);
  return true;
}

/** True for an array of strings such as a diff's lines: a secret may begin in one and end in another. */
function isTextArray(values: readonly Json[]): values is readonly string[] {
  return values.length > 1 && values.every((value) => typeof value === 'string');
}

/** A redacted copy of a payload, built without recursion. */
class PayloadCopy {
  count = 0;
  readonly #find: SecretFinder;
  readonly #stack: (readonly [Container, Record<string, Json> | Json[]])[] = [];

  constructor(find: SecretFinder) {
    this.#find = find;
  }

  of(payload: JsonObject): JsonObject {
    const root: Record<string, Json> = {};
    this.#stack.push([payload, root]);
    for (let entry = this.#stack.pop(); entry !== undefined; entry = this.#stack.pop()) {
      const [source, target] = entry;
      if (Array.isArray(target)) {
        const values = source as readonly Json[];
        const lines = isTextArray(values) ? this.#lines(values) : undefined;
        for (const [index, value] of values.entries()) {
          target.push(lines?.[index] ?? this.#value(value));
        }
      } else {
        for (const [key, value] of Object.entries(source)) this.#member(target, key, value);
      }
    }
    return root;
  }

  #member(target: Record<string, Json>, key: string, value: Json): void {
    let name = this.#text(key);
    // Two keys must not become one because each held a secret.
    while (Object.hasOwn(target, name)) name += `_${this.count}`;
    let copy = this.#value(value);
    if (typeof copy === 'string' && isSecretMember(key, copy)) {
      this.count += 1;
      copy = markerOf('assignment');
    }
    // Assigning to `__proto__` would not create a member.
    Object.defineProperty(target, name, {
      value: copy,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }

  #value(value: Json): Json {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value !== 'object' || value === null) return value;
    const copy: Record<string, Json> | Json[] = Array.isArray(value) ? [] : {};
    this.#stack.push([value as Container, copy]);
    return copy;
  }

  #text(text: string): string {
    const redacted = redactText(text, this.#find);
    this.count += redacted.count;
    return redacted.text;
  }

  #lines(lines: readonly string[]): readonly string[] {
    let result = lines;
    for (let pass = 0; pass < MAX_PASSES; pass += 1) {
      const findings = this.#find(result.join('\n'));
      if (findings.length === 0) break;
      this.count += findings.length;
      result = redactLines(result, findings);
    }
    return result;
  }
}

/** Puts a marker into each line that held part of a secret. Positions are those of the joined lines. */
function redactLines(lines: readonly string[], findings: readonly FoundSecret[]): string[] {
  let start = 0;
  let first = 0;
  return lines.map((line) => {
    while ((findings[first]?.end ?? Infinity) <= start) first += 1;
    let redacted = '';
    let from = 0;
    for (let i = first; i < findings.length; i += 1) {
      const { start: begin, end, kind } = findings[i] as FoundSecret;
      if (begin - start >= line.length) break;
      if (end <= start) continue;
      redacted += line.slice(from, Math.max(from, begin - start)) + markerOf(kind);
      from = Math.min(end - start, line.length);
    }
    start += line.length + 1;
    return redacted + line.slice(from);
  });
}
