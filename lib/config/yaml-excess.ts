import { Lexer } from 'yaml';

/**
 * Why a text is not given to the parser, and where; undefined if it may be. The parser calls itself for each
 * level until the stack overflows, and its time grows with the square of what it finds; the lexer does
 * neither.
 */
export function excessOf(
  text: string,
): { readonly message: string; readonly offset: number } | undefined {
  let flows = 0;
  let blocks = 0;
  let tokens = 0;
  let marks = 0;
  let offset = 0;
  let isLineStart = true;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') flows += 1;
    else if (token === ']' || token === '}') flows -= 1;
    else if (token === '\n') blocks = 0;
    else if (BLOCK_MARKS.has(token)) blocks += flows === 0 ? 1 : 0;
    tokens += 1;
    if (!/^[\s#]/.test(token)) marks += 1;
    const isIndent = isLineStart && token.length > MAX_INDENT && /^ +$/.test(token);
    if (flows > MAX_DEPTH || blocks > MAX_DEPTH || isIndent) {
      return { message: 'it is nested too deep', offset };
    }
    if (marks > MAX_MARKS || tokens > MAX_TOKENS) {
      return { message: 'it has too many words and marks', offset };
    }
    isLineStart = token === '\n';
    offset += token.length;
  }
  return undefined;
}

// --- internal ---

const BLOCK_MARKS: ReadonlySet<string> = new Set(['-', '?', ':']);

/** Most brackets in each other, and marks of a list or a key in one line. Our own keys are two levels deep. */
const MAX_DEPTH = 32;
/** Most spaces before a key: each may be a level. */
const MAX_INDENT = 256;
/** Most words and marks; all our keys with their values are some 200. */
const MAX_MARKS = 30_000;
/** Most of them with comments and empty lines. */
const MAX_TOKENS = 250_000;
