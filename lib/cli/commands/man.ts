import { jsonArg, trackerCommand } from '../command.ts';
import { printJson } from '../output/json-output.ts';
import { shellTexts } from '../shell/shell-texts.ts';

/** `man`: prints the man page. */
export const manCommand = trackerCommand({
  name: 'man',
  summary: 'Print the man page.',
  examples: ['pattern-tracker man | man -l -', 'pattern-tracker install --completions'],
  details: '`pattern-tracker install --completions` also installs it for `man pattern-tracker`.',
  json: '{page}, in the format of man(7).',
  args: { ...jsonArg },
  async run({ json }, cli, commands) {
    const { man } = await shellTexts(commands);
    if (json) printJson(cli, { page: man });
    else cli.out(man);
  },
});
