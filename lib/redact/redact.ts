import { asString } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import { WorkBudget } from './budget.ts';
import { createSecretFinder } from './find.ts';
import type { Findings, SecretFinder } from './find.ts';
import { KnownValues, SessionValues } from './known-values.ts';
import { identifiersOf, PayloadRedaction } from './payload.ts';
import type { RedactedPayload } from './payload.ts';
import type { FoundSecret, TextRule } from './rule.ts';
import { RULES } from './rules.ts';
import { PUBLISHED } from './value/published.ts';
import { TextRedaction } from './text.ts';
import type { RedactedText } from './text.ts';

/** Replaces secrets in what is about to be stored by `[redacted:KIND]`. */
export interface Redactor {
  /** A text without secrets is returned unchanged. */
  redactText(text: string): RedactedText;
  /**
   * The same for every string of a payload, keys included, at any depth. A payload without secrets is
   * returned as the same object, not a copy. What was found in one place is a secret in all places of the
   * payload, and in later payloads with the same `session_id`.
   */
  redactPayload(payload: JsonObject): RedactedPayload;
}

/** What a user adds to redaction. */
export interface RedactorOptions {
  /** Rules besides ours. They take linear time. @default none */
  readonly rules?: readonly TextRule[];
  /** True for a value that is never a secret. @default none is */
  readonly allow?: (value: string) => boolean;
}

/** A redactor with all rules. Redacting a result again changes nothing. */
export function createRedactor(options: RedactorOptions = {}): Redactor {
  const { rules = [] } = options;
  const allow = (value: string) => PUBLISHED.has(value) || options.allow?.(value) === true;
  const { find, isClean: isKnown } = skipKnown(createSecretFinder(RULES, rules));
  const sessions = new SessionValues();
  const isClean = cleanIdentifiers(find);
  return {
    redactText(text) {
      if (isKnown(text)) return { text, count: 0, findings: NOTHING, leftOut: 0 };
      const known = new KnownValues();
      return new TextRedaction({ find, known, allow, budget: new WorkBudget() }).of(text);
    },
    redactPayload(payload) {
      const session = asString(payload['session_id']);
      const known = session === undefined ? new KnownValues() : sessions.of(session);
      const budget = new WorkBudget();
      // What the program itself goes by is no secret, whatever a text calls it, unless a rule finds one in it.
      let identifiers: readonly string[] | undefined; // mostly nothing is found that could be one
      const isAllowed = (value: string) => {
        if (allow(value)) return true;
        identifiers ??= identifiersOf(payload).filter((text) => isClean(text, budget));
        return identifiers.some((one) => one.includes(value));
      };
      const tools = { find, known, allow: isAllowed, budget };
      return new PayloadRedaction(tools).of(payload);
    },
  };
}

// --- internal ---

/** How many clean texts are remembered, and their longest length in characters: some megabytes at most. */
const KNOWN_TEXTS = 64;
const KNOWN_TEXT_LENGTH = 32 * 1024;
/** How many clean texts of a few characters are remembered, such as the keys of payloads, which repeat. */
const SHORT_TEXTS = 4_000;
const SHORT_TEXT = 24;
/** The longest id or path that is remembered, in characters. */
const IDENTIFIER_LENGTH = 512;
const NOTHING: readonly FoundSecret[] = [];

/** Remembers which ids, folders and names hold no secret: the events of a session repeat the same ones. */
function cleanIdentifiers(find: SecretFinder): (text: string, budget: WorkBudget) => boolean {
  const clean = new Set<string>();
  return (text, budget) => {
    if (clean.has(text)) return true;
    if (find(text, budget).secrets.length > 0) return false;
    if (clean.size >= SHORT_TEXTS) clean.clear();
    if (text.length <= IDENTIFIER_LENGTH) clean.add(text);
    return true;
  };
}

/**
 * Remembers the last clean texts, because what a tool wrote comes up to six times in a row: in its input
 * and its response, before the call, after it and in its batch.
 */
function skipKnown(find: SecretFinder): {
  readonly find: SecretFinder;
  /** True for a text that is remembered. */
  readonly isClean: (text: string) => boolean;
} {
  const known = new Set<string>();
  const short = new Set<string>();
  const isClean = (text: string) =>
    text.length < SHORT_TEXT
      ? short.has(text)
      : text.length <= KNOWN_TEXT_LENGTH && known.has(text);
  const findNew: SecretFinder = (text, budget, learn): Findings => {
    if (isClean(text)) return { secrets: NOTHING, checkedTo: text.length };
    if (text.length < SHORT_TEXT) {
      const findings = find(text, budget, learn);
      if (findings.secrets.length === 0 && findings.checkedTo === text.length) {
        if (short.size >= SHORT_TEXTS) short.clear();
        short.add(text);
      }
      return findings;
    }
    if (text.length > KNOWN_TEXT_LENGTH) return find(text, budget, learn);
    const findings = find(text, budget, learn);
    if (findings.secrets.length > 0 || findings.checkedTo < text.length) return findings;
    known.add(text);
    if (known.size > KNOWN_TEXTS) known.delete(known.values().next().value ?? '');
    return findings;
  };
  return { find: findNew, isClean };
}
