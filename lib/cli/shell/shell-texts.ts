import { VERSION } from '../../base/version.ts';
import type { ShellFileKind } from '../../install/shell-files.ts';
import type { CommandList } from '../command.ts';
import { bashCompletion } from './bash.ts';
import { commandTable } from './command-table.ts';
import { fishCompletion } from './fish.ts';
import { manPage } from './man-page.ts';
import { zshCompletion } from './zsh.ts';

/** The completions for each shell, and the man page. */
export async function shellTexts(
  list: CommandList,
): Promise<Readonly<Record<ShellFileKind, string>>> {
  const commands = await commandTable(list);
  return {
    bash: bashCompletion(commands),
    zsh: zshCompletion(commands),
    fish: fishCompletion(commands),
    man: manPage(commands, VERSION),
  };
}
