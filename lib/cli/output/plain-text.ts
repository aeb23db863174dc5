import { stripVTControlCharacters } from 'node:util';
import { INVISIBLE } from '../../base/terminal-safe.ts';

// Text in the database comes from files that anybody may have written, so it must not control the terminal.
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g; // oxlint-disable-line no-control-regex -- they are what it looks for
const CONTROLS_BUT_NEWLINE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g; // oxlint-disable-line no-control-regex -- as above
/** What most texts consist of, and nothing has to be done about. */
const PLAIN = /^[ -~]*$/;
/** The usual sequences. They go first, because Node's own pattern removes too much when a BEL follows one. */
const SEQUENCES = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]/g; // oxlint-disable-line no-control-regex -- as above

/** `text` as one line that is safe to print: escape sequences and control characters are gone. */
export function plainLine(text: string): string {
  if (PLAIN.test(text)) return text;
  return stripVTControlCharacters(text.replaceAll(SEQUENCES, ''))
    .replaceAll(/[\t\n\r\v\f\u2028\u2029]+/g, ' ')
    .replaceAll(CONTROLS, '')
    .replaceAll(INVISIBLE, '');
}

/** `text` made safe to print, its lines kept, tabs as two spaces. */
export function plainLines(text: string): string[] {
  return stripVTControlCharacters(text.replaceAll(SEQUENCES, ''))
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll('\t', '  ')
    .replaceAll(CONTROLS_BUT_NEWLINE, '')
    .replaceAll(INVISIBLE, '')
    .split('\n');
}
