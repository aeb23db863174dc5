import { isJsonObject } from '../base/json.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { isSecretMember } from './assignment.ts';
import { createSecretFinder, markerOf } from './find.ts';
import type { FoundSecret } from './rule.ts';
import type { SecretFinder } from './find.ts';

/** Takes secrets out of what is about to be stored; `[redacted:KIND]` is left in their place. */
export interface Redactor {
  /** `count` is how many secrets were replaced. A text that holds none comes back as it is. */
  redactText(text: string): { readonly text: string; readonly count: number };
  /**
   * The same for every string of a payload, its objects' keys too, however deep it is. Without a secret
   * the very object that was given comes back.
   */
  redactPayload(payload: JsonObject): { readonly payload: JsonObject; readonly count: number };
}

/** A redactor with all rules. Redacting twice changes nothing more. */
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

/** What one pass leaves, the next one sees with other neighbours; more than two passes is a made-up text. */
const MAX_PASSES = 5;

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

/** So many texts are remembered as clean, none longer than this: some megabytes at most. */
const KNOWN_TEXTS = 64;
const KNOWN_TEXT_LENGTH = 32 * 1024;
/** A shorter text is scanned as fast as it is looked up. */
const SHORT_TEXT = 64;
const NOTHING: FoundSecret[] = [];

/**
 * Remembers the last clean texts. What a tool wrote comes up to six times in a row: in its input and its
 * response, before the call, after it and in its batch.
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

/** So many keys are remembered as clean: payloads have the same few again and again. */
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

/** Depth is the payload's to choose, so the walk keeps its own stack. */
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

/** Lines, as of a diff: a secret may begin in one and end in another. */
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
    // Two keys that held a secret each must stay two.
    while (Object.hasOwn(target, name)) name += `_${this.count}`;
    let copy = this.#value(value);
    if (typeof copy === 'string' && isSecretMember(key, copy)) {
      this.count += 1;
      copy = markerOf('assignment');
    }
    // Plain assignment to `__proto__` would not make a member.
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

/** Puts a marker in each line that held a part of a secret. Places count as in the lines joined. */
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
