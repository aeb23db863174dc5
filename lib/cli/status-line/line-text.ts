import { stripVTControlCharacters } from 'node:util';
import { MOST_WAITING } from '../../health/status-line.ts';
import type { StatusLine } from '../../health/status-line.ts';
import { plainLine } from '../output/plain-text.ts';

/** The status line as text, without a newline. */
export function lineText(line: StatusLine, color: boolean): string {
  const { state, patterns, waiting, toSend, faults } = line;
  const [sign, code] = SIGNS[state];
  const paint = (text: string) => (color ? `\u001b[${code}m${text}\u001b[39m` : text);
  const parts: string[] = [];
  if (patterns !== null) parts.push(`${patterns} ${patterns === 1 ? 'pattern' : 'patterns'}`);
  if (waiting > 0) parts.push(`${waiting} waiting`);
  if (toSend > 0) parts.push(`${toSend}${toSend >= MOST_WAITING ? '+' : ''} to send`);
  const [worst, ...others] = faults;
  if (worst !== undefined) {
    const more = others.length > 0 ? ` (and ${others.length} more)` : '';
    parts.push(paint(`${shortened(plainLine(worst))}${more}`));
  }
  return [`${paint(sign)} tracker`, ...parts].join(SEPARATOR);
}

/**
 * Our line behind the former one: on its last line if both fit into `columns`, else below it. Undefined
 * columns are wide enough.
 */
export function joined(former: string, ours: string, columns: number | undefined): string {
  if (former === '') return ours;
  const last = stripVTControlCharacters(former.slice(former.lastIndexOf('\n') + 1));
  const both = last.length + SEPARATOR.length + stripVTControlCharacters(ours).length;
  const separator = columns !== undefined && both > columns ? '\n' : SEPARATOR;
  const reset = former.includes('\u001b') ? '\u001b[0m' : '';
  return `${former}${reset}${separator}${ours}`;
}

// --- internal ---

/** The sign differs, too, for those who see no colours. */
const SIGNS = { ok: ['●', 32], attention: ['▲', 33], fault: ['✖', 31] } as const;
const SEPARATOR = ' · ';
/** The longest fault, in characters: a line has about 80. */
const MOST_CHARACTERS = 60;

function shortened(text: string): string {
  const sentence = text.replace(/\.$/, '');
  return sentence.length > MOST_CHARACTERS
    ? `${sentence.slice(0, MOST_CHARACTERS - 1).trimEnd()}…`
    : sentence;
}
