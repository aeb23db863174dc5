import type { NameClass } from './name-words.ts';
import type { SecretName } from './name-shape.ts';
import {
  isMadeUp,
  isSecretAnywhere,
  isSecretLine,
  isSecretText,
  isSecretWord,
} from '../value/secret-value.ts';
import { closingQuote, valueSpan } from './value-span.ts';
import type { ValueSpan } from './value-span.ts';
import { isGibberishPhrase } from '../value/word-shape.ts';

/**
 * The value without quotes at `from`, behind a name and its operator; an empty operator is a blank.
 * `prose` says that a verb stood there. Undefined when it is no secret.
 */
export function readBare(
  text: string,
  name: SecretName,
  from: number,
  operator: string,
  prose: boolean,
): ValueSpan | undefined {
  const { start, end, nameClass } = name;
  const own = text.slice(start, end);
  const before = text.charAt(start - 1);
  const isFlag = /(?:[-/]|-[DP])$/.test(text.slice(Math.max(0, start - 2), start));
  const tight = operator === '=';
  const isVariable = tight && /^[A-Z][A-Z\d_]*$/.test(own);

  if (tight && (before === '?' || before === '&')) {
    // The token of a badge shows a picture to everybody.
    if (text.slice(start - 5, start - 1) === '.svg') return undefined;
    // Only a value that begins like a secret is read to its end.
    if (word(text, QUERY_START, from, nameClass) === undefined)
      return phrase(text, from, nameClass);
    return word(text, QUERY, from, nameClass);
  }
  if (isVariable && atLineStart(text, start)) return lineOf(text, from, nameClass);
  if (tight && (isFlag || isVariable)) {
    if (before === '"' || before === "'") {
      // The whole argument is in quotes.
      const whole = { start: from, end: closingQuote(text, from, 0, before) };
      if (isSecretText(nameClass, text.slice(from, whole.end))) return whole;
      return word(text, BARE, from, nameClass);
    }
    return word(text, TO_BLANK, from, nameClass);
  }
  if (tight && before === ';' && !own.includes('.')) {
    const value = word(text, BARE, from, nameClass);
    return value !== undefined && text.charAt(value.end) === '(' ? undefined : value;
  }
  if (isFlag && operator === '') return word(text, TO_BLANK, from, nameClass, isSecretLine);
  const colon = /^["'`\\\])}]*\s*[:：]/.test(operator) || operator.startsWith(':');
  if (operator !== '' && !prose && atLineStart(text, start)) {
    const value = valueSpan(TO_LINE_END, text, from);
    const line = value && withoutComment(text, value);
    const first = line && valueSpan(WORD, text, line.start);
    // After a secret without blanks a command may follow, or a remark.
    if (
      first &&
      first.end < (line?.end ?? 0) &&
      isSecretAnywhere(nameClass, textOf(text, trimEnd(text, first)))
    ) {
      return trimEnd(text, first);
    }
    const ends = line && /["'`]/.test(before) ? trimEnd(text, line) : line;
    if (ends && isSecretLine(nameClass, text.slice(ends.start, ends.end), tight || colon))
      return ends;
  }
  // In the middle of code or prose, the value must look like a secret by itself.
  const bare = valueSpan(BARE, text, from);
  if (bare === undefined) return undefined;
  const stop = trimEnd(text, bare);
  if (/[([]/.test(text.charAt(stop.end))) return undefined;
  const value = textOf(text, stop);
  if (operator === ':' && /^:[A-Za-z_]\w*[(<]/.test(value)) return undefined; // the scope of a name
  if (operator !== '' && !prose && isMadeUp(nameClass, value)) return stop;
  return isSecretAnywhere(nameClass, value) ? stop : undefined;
}

// --- internal ---

/** So much of a value tells what it is. */
const MOST_JUDGED = 128;
const QUERY_START = /[^\s"'`<>&#\\)\]]{4,128}/y;
const QUERY = /[^\s"'`<>&#\\)\]]{4,2048}/y;
const BARE = /[^\s"'`,;(){}[\]<>|&\\=]{6,512}={0,2}/y;
const PLUS_FORM = /[A-Za-z]{3,24}(?:\+[A-Za-z]{3,24}){2,12}(?![\w+])/y;
const TO_BLANK = /[^\s"'`<>]{3,512}/y;
const WORD = /[^\s]{6,512}/y;
const TO_LINE_END = /[^\r\n]{3,512}/y;

type Judge = (nameClass: NameClass, value: string, plain: boolean) => boolean;

function word(
  text: string,
  pattern: RegExp,
  from: number,
  nameClass: NameClass,
  judge: Judge = isSecretWord,
): ValueSpan | undefined {
  const span = valueSpan(pattern, text, from);
  if (span === undefined) return undefined;
  const value = trimEnd(text, span);
  return judge(
    nameClass,
    text.slice(value.start, Math.min(value.end, value.start + MOST_JUDGED)),
    true,
  )
    ? value
    : undefined;
}

/** The value of an assignment that begins its line: a word, or all words of a pass phrase. */
function lineOf(text: string, from: number, nameClass: NameClass): ValueSpan | undefined {
  const line = valueSpan(TO_LINE_END, text, from);
  if (line === undefined) return undefined;
  const { end } = withoutComment(text, line);
  const value = text.slice(from, end);
  const [first = ''] = value.split(/\s/, 1);
  if (first.length < value.length) {
    const more = value.slice(first.length).trim().replace(/["']$/, '').split(/\s+/);
    if (isGibberishPhrase([first.replace(/^["']/, ''), ...more])) return { start: from, end };
  }
  const span = trimEnd(text, { start: from, end: from + first.length });
  return isSecretWord(nameClass, text.slice(span.start, span.end)) ? span : undefined;
}

/** A pass phrase whose blanks a form wrote as `+`. */
function phrase(text: string, from: number, nameClass: NameClass): ValueSpan | undefined {
  const span = valueSpan(PLUS_FORM, text, from);
  if (span === undefined || nameClass === 'weak' || nameClass === 'vendor') return undefined;
  return isGibberishPhrase(text.slice(span.start, span.end).split('+')) ? span : undefined;
}

function textOf(text: string, { start, end }: ValueSpan): string {
  return text.slice(start, end);
}

function withoutComment(text: string, { start, end }: ValueSpan): ValueSpan {
  const value = text
    .slice(start, end)
    .replace(/[ \t]+(?:#|\/\/|--).*$|(?:<\/?\w{1,10} ?\/?>){1,4}$/, '')
    .replace(/[\s,;]+$/, '');
  return { start, end: start + value.length };
}

function trimEnd(text: string, { start, end }: ValueSpan): ValueSpan {
  let last = end;
  while (last > start && BEHIND_VALUE.has(text.charAt(last - 1))) last -= 1;
  return { start, end: last };
}

/** What a sentence or code puts behind a value. */
const BEHIND_VALUE: ReadonlySet<string> = new Set(';,)]}.:"\'`\\');

/** True at the start of a line, also after a diff's sign, a list's dash, `export` or a line number. */
function atLineStart(text: string, start: number): boolean {
  const first = Math.max(0, start - 96);
  let at = start;
  while (at > first && text.charCodeAt(at - 1) !== 10) at -= 1;
  if (at === first && first > 0) return false; // the line starts further back
  return LINE_START.test(text.slice(at, start));
}

/** Signs, numbers and file names that a listing puts before a line, and words before a variable. */
const LINE_START =
  /^(?:[\w./-]{1,60}[:-]\d{1,7}[:-](?:\d{1,5}:)?)?[\s+\d→|>:$*/#%!-]*(?:;[ \t]+)?(?:(?:export|set|setx|env|arg|local|declare|readonly|const|let|var|val|final|public|private|static|string)\s+){0,3}["'[<(]?$/i;
