import { COMMAND_GROUPS } from '../command.ts';
import { PROGRAM } from '../help.ts';
import type { CompletedCommand } from './command-table.ts';

/** The page of `man pattern-tracker`, in man(7). */
export function manPage(commands: readonly CompletedCommand[], version: string): string {
  const lines = [
    `.\\" Written by \`pattern-tracker man\`.`,
    `.TH PATTERN\\-TRACKER 1 "${DATE}" "claude\\-pattern\\-tracker ${version}"`,
    '.SH NAME',
    String.raw`pattern\-tracker \- record what Claude Code does, and find the code it wrote`,
    '.SH SYNOPSIS',
    `.B ${roff(PROGRAM)}`,
    '.I command',
    '[options]',
    '.SH DESCRIPTION',
    ...prose(
      'pattern-tracker answers questions about what Claude Code did and about the code that it wrote. Hooks record it into one SQLite file on this machine.',
    ),
    '.PP',
    ...prose('Every command takes --help, and --json to print JSON for programs.'),
    '.SH COMMANDS',
  ];
  for (const group of COMMAND_GROUPS) {
    lines.push(`.SS ${group}`);
    for (const command of commands.filter((one) => one.group === group)) {
      lines.push(...entry(command));
    }
  }
  lines.push(
    '.SH FILES',
    '.TP',
    `.I ${roff('~/.claude/hooks/pattern-tracker/data/tracker.db')}`,
    ...prose('The database. CLAUDE_CONFIG_DIR replaces ~/.claude.'),
    '.TP',
    `.I ${roff('~/.claude/hooks/config.yaml')}`,
    ...prose('The configuration; it is optional.'),
    '.SH ENVIRONMENT',
    '.TP',
    '.B PATTERN_TRACKER_HOME',
    ...prose("The installation's folder; inside a Claude Code session only --home DIR names it."),
    '.TP',
    '.B PATTERN_TRACKER_DISABLED',
    ...prose('With 1, hooks record nothing.'),
    '.TP',
    '.B NO_COLOR',
    ...prose('Without colours.'),
    '.SH EXIT STATUS',
    ...prose('0 for success, 1 for an error, 2 for wrong usage, unless a command says otherwise.'),
  );
  return `${lines.join('\n')}\n`;
}

// --- internal ---

/** When the page last changed its shape; a date of the build would make every build another page. */
const DATE = '2026-11-27';
/** mandoc complains about longer lines. */
const WIDTH = 78;

function entry({ name, help, options, places }: CompletedCommand): string[] {
  const usage = [name, ...places.map((place) => place.usage), '[options]'].join(' ');
  const { actions, details, exitCodes, examples } = help;
  const actionRows = Object.entries(actions ?? {});
  return [
    '.TP',
    `.B ${roff(usage)}`,
    ...prose(help.summary),
    '.RS',
    ...(details ?? '')
      .split(/\n\s*\n/)
      .filter(Boolean)
      .flatMap((paragraph) => ['.PP', ...prose(paragraph)]),
    ...actionRows.flatMap(([word, meaning]) => ['.TP', `.B ${roff(word)}`, ...prose(meaning)]),
    ...places
      .filter(({ name: place }) => place !== 'ACTION' || actionRows.length === 0)
      .flatMap((place) => ['.TP', `.I ${roff(place.name)}`, ...prose(place.meaning)]),
    ...options
      .filter(({ flag }) => flag !== '--help' && flag !== '--json')
      .flatMap((option) => ['.TP', `.B ${roff(option.usage)}`, ...prose(option.meaning)]),
    ...(exitCodes === undefined ? [] : ['.PP', ...prose(`Exit code ${exitCodes}`)]),
    '.PP',
    'Examples:',
    '.PP',
    '.nf',
    ...examples.flatMap((example) => example.split('\n').map(roff)),
    '.fi',
    '.RE',
  ];
}

/** Filled text: a new line for each sentence, as man pages have it, and none too long. */
function prose(text: string): string[] {
  const sentences = text.trim().split(/(?<=[.?!])\s+(?=[A-Z\d-])/);
  return sentences.flatMap((sentence) => {
    const lines: string[] = [];
    for (const word of sentence.split(/\s+/).map(roff)) {
      const last = lines.at(-1);
      if (last === undefined || last.length + word.length >= WIDTH) lines.push(word);
      else lines[lines.length - 1] = `${last} ${word}`;
    }
    return lines;
  });
}

/** Text that roff prints as it is. */
function roff(text: string): string {
  const escaped = text
    .replaceAll('\\', String.raw`\e`)
    .replaceAll('-', String.raw`\-`)
    .replaceAll("'", String.raw`\(aq`)
    .replaceAll('`', String.raw`\(ga`)
    .replaceAll('^', String.raw`\(ha`)
    .replaceAll('~', String.raw`\(ti`)
    .replaceAll('…', '...');
  return /^[.]/.test(escaped) ? String.raw`\&` + escaped : escaped;
}
