import { COMMANDS } from '../../lib/cli/command-list.ts';
import { COMMAND_GROUPS } from '../../lib/cli/command.ts';
import { commandTable } from '../../lib/cli/shell/command-table.ts';
import type { CompletedCommand } from '../../lib/cli/shell/command-table.ts';

/** Every command with its actions, arguments and options, from the list that its help is printed from. */
export async function commandReference(): Promise<string> {
  const commands = await commandTable(COMMANDS);
  return COMMAND_GROUPS.flatMap((group) => [
    `#### Commands: ${group}`,
    ...commands.filter((command) => command.group === group).map(commandText),
  ]).join('\n\n');
}

// --- internal ---

function commandText({ name, help, places, options }: CompletedCommand): string {
  const usage = ['pattern-tracker', name, ...places.map((place) => place.usage)].join(' ');
  const rows = [
    ...Object.entries(help.actions ?? {}),
    ...places.map((place) => [place.usage, place.meaning] as const),
    ...options
      .filter(({ flag }) => flag !== '--help')
      .map((option) => [option.usage, option.meaning] as const),
  ].map(([what, meaning]) => `- \`${what}\`: ${escaped(meaning)}`);
  const exit = help.exitCodes ? [`Exit code: ${escaped(help.exitCodes)}`] : [];
  return [
    `**\`${usage}\`** ${escaped(help.summary)}`,
    ...(rows.length > 0 ? [rows.join('\n')] : []),
    ...exit,
  ].join('\n\n');
}

/** `<`, `*` and `_` mean something in a page, outside of code. */
function escaped(text: string): string {
  return text
    .replaceAll('\n', ' ')
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll(/[<>*_[\]]/g, String.raw`\$&`)))
    .join('');
}
