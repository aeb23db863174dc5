import type { Json, JsonObject } from '../base/json.ts';
import { markerOf } from './find.ts';
import type { Inherited } from './named/secret-member.ts';
import { SecretMembers } from './named/secret-member.ts';
import type { FoundSecret } from './rule.ts';
import { replaced, TextRedaction, UNCHECKED } from './text.ts';
import type { RedactionTools } from './text.ts';

/** What became of a payload. */
export interface RedactedPayload {
  readonly payload: JsonObject;
  /** The number of markers put in, for secrets and for what was left out. */
  readonly count: number;
  /** The same by kind. */
  readonly kinds: Readonly<Record<string, number>>;
  /** How many characters of all strings were left out, because to check them was too much work. */
  readonly leftOut: number;
}

/** The values that Claude Code and this program go by: ids, folders, names of events and tools. */
export function identifiersOf(payload: JsonObject): string[] {
  return Object.entries(payload).flatMap(([key, value]) =>
    typeof value === 'string' && IDENTIFIER.test(key) ? [value] : [],
  );
}

/** The redaction of one payload. */
export class PayloadRedaction {
  readonly #tools: RedactionTools;
  readonly #text: TextRedaction;
  readonly #kinds: Record<string, number> = {};
  #count = 0;
  #leftOut = 0;

  constructor(tools: RedactionTools) {
    this.#tools = tools;
    this.#text = new TextRedaction(tools);
  }

  of(payload: JsonObject): RedactedPayload {
    let result = payload;
    // A value may be found after a place where it stands, and a marker changes what its neighbours say.
    for (let pass = 0; pass < MOST_PASSES; pass += 1) {
      if (this.#isClean(result)) break;
      result = this.#copy(result);
    }
    return { payload: result, count: this.#count, kinds: this.#kinds, leftOut: this.#leftOut };
  }

  /** Looks at everything, remembers the secrets, and tells whether there are none. */
  #isClean(payload: JsonObject): boolean {
    let clean = true;
    // The payload decides how deep it is nested, so the walk keeps its own stack.
    const stack: Visit[] = [{ container: payload, inherited: undefined, top: true }];
    for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
      const { container, inherited, top } = visit;
      const members = new SecretMembers(container, inherited, top);
      const isArray = Array.isArray(container);
      const isText = isTextArray(container);
      if (isText && this.#text.findIn(container.join('\n')).length > 0) clean = false;
      for (const key of Object.keys(container)) {
        const value = (container as JsonObject)[key] as Json;
        if (!isArray && this.#text.findIn(key).length > 0) clean = false;
        if (typeof value === 'object' && value !== null) {
          stack.push({
            container: value as Container,
            inherited: members.inheritedBy(key),
            top: false,
          });
        } else if (this.#isSecret(members, key, value)) {
          this.#tools.known.add(String(value), 'assignment');
          clean = false;
        } else if (typeof value === 'string') {
          if (!isText && this.#text.findIn(value).length > 0) clean = false;
        } else if (this.#isKnownNumber(value)) clean = false;
      }
    }
    return clean;
  }

  #isSecret(members: SecretMembers, key: string, value: Json): boolean {
    return (
      members.isSecret(key, value) && this.#tools.allow?.(`${value as string | number}`) !== true
    );
  }

  /** A kind found by a secret's own form names it better than its name does. */
  #kindOf(value: Json): string {
    const [only] = typeof value === 'string' ? this.#text.findIn(value) : [];
    return only?.start === 0 && only.end === (value as string).length ? only.kind : 'assignment';
  }

  #isKnownNumber(value: Json): boolean {
    return typeof value === 'number' && this.#tools.known.findIn(String(value)).length > 0;
  }

  #copy(payload: JsonObject): JsonObject {
    const root: Record<string, Json> = {};
    const stack: Copy[] = [{ container: payload, inherited: undefined, top: true, target: root }];
    for (let copy = stack.pop(); copy !== undefined; copy = stack.pop()) {
      const { container, inherited, top, target } = copy;
      const members = new SecretMembers(container, inherited, top);
      const lines = isTextArray(container) ? this.#lines(container) : undefined;
      for (const [key, value] of Object.entries(container) as [string, Json][]) {
        let result = value;
        if (typeof value === 'object' && value !== null) {
          const inner = Array.isArray(value) ? [] : {};
          stack.push({
            container: value as Container,
            inherited: members.inheritedBy(key),
            top: false,
            target: inner,
          });
          result = inner;
        } else if (this.#isSecret(members, key, value) || this.#isKnownNumber(value)) {
          const kind = this.#kindOf(value);
          this.#add(kind);
          result = markerOf(kind);
        } else if (typeof value === 'string') result = lines?.[Number(key)] ?? this.#redact(value);
        if (Array.isArray(target)) target.push(result);
        else this.#define(target, key, result);
      }
    }
    return root;
  }

  #define(target: Record<string, Json>, key: string, value: Json): void {
    let name = this.#redact(key);
    // Two keys must not become one because each held a secret.
    while (Object.hasOwn(target, name)) name += `_${this.#count}`;
    // Assigning to `__proto__` would not create a member.
    Object.defineProperty(target, name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }

  #redact(text: string): string {
    const findings = this.#text.findIn(text);
    for (const finding of findings) this.#note(finding);
    return findings.length === 0 ? text : replaced(text, findings);
  }

  #lines(lines: readonly string[]): readonly string[] {
    const findings = this.#text.findIn(lines.join('\n'));
    for (const finding of findings) this.#note(finding);
    return findings.length === 0 ? lines : redactLines(lines, findings);
  }

  #note({ start, end, kind }: FoundSecret): void {
    if (kind === UNCHECKED) this.#leftOut += end - start;
    this.#add(kind);
  }

  #add(kind: string): void {
    this.#count += 1;
    this.#kinds[kind] = (this.#kinds[kind] ?? 0) + 1;
  }
}

// --- internal ---

const MOST_PASSES = 6;
const IDENTIFIER =
  /^(?:session_id|tool_use_id|\w{0,32}_id|transcript_path|\w{0,32}_path|cwd|hook_event_name|tool_name|uuid)$/;

type Container = JsonObject | readonly Json[];

interface Visit {
  readonly container: Container;
  /** The class of the name above that makes what is within a secret. */
  readonly inherited: Inherited;
  /** True for the payload itself, whose ids are Claude Code's. */
  readonly top: boolean;
}

interface Copy extends Visit {
  readonly target: Record<string, Json> | Json[];
}

/** True for an array of strings such as a diff's lines: a secret may begin in one and end in another. */
function isTextArray(values: Container): values is readonly string[] {
  return (
    Array.isArray(values) && values.length > 1 && values.every((value) => typeof value === 'string')
  );
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
