import { readDatabase } from '../../store/database/read-database.ts';
import type { Database } from '../../store/database/database.ts';
import { listPatterns } from '../../store/queries/patterns.ts';
import { listSessions } from '../../store/queries/sessions.ts';
import { actionArg, actionOf } from '../arguments/action.ts';
import { jsonArg, trackerCommand } from '../command.ts';
import { localTime } from '../../base/time-text.ts';
import { printJson } from '../output/json-output.ts';
import { plainLine } from '../output/plain-text.ts';
import { shellTexts } from '../shell/shell-texts.ts';

const ACTIONS = ['bash', 'zsh', 'fish', 'patterns', 'sessions'] as const;
/** Ids that are offered: the newest ones. */
const MOST_IDS = 100;

/** `completions`: prints a completion script, or the ids that such a script offers. */
export const completionsCommand = trackerCommand({
  name: 'completions',
  summary: 'Print the completions for bash, zsh or fish.',
  examples: [
    'pattern-tracker install --completions',
    'source <(pattern-tracker completions bash)',
    'pattern-tracker completions fish | source',
  ],
  actions: {
    bash: 'the script for bash',
    zsh: 'the function for zsh',
    fish: 'the script for fish',
    patterns: 'the ids of the newest patterns, which the scripts offer',
    sessions: 'the ids of the newest sessions, in the same way',
  },
  details:
    '`pattern-tracker install --completions` puts the scripts where the shells look for them.',
  json: '{script} for a shell, else an array of {id, meaning}.',
  args: { ...actionArg(ACTIONS), ...jsonArg },
  async run(args, cli, commands) {
    const action = actionOf(args.action, ACTIONS, 'completions');
    if (action === 'patterns' || action === 'sessions') {
      const ids = readDatabase(cli.paths.database, idLists[action]) ?? [];
      if (args.json) printJson(cli, ids);
      else cli.out(ids.map(({ id, meaning }) => `${id}\t${plainLine(meaning)}\n`).join(''));
      return;
    }
    const { [action]: script } = await shellTexts(commands);
    if (args.json) printJson(cli, { script });
    else cli.out(script);
  },
});

// --- internal ---

interface OfferedId {
  readonly id: string;
  readonly meaning: string;
}

const idLists = {
  patterns: (database: Database): OfferedId[] =>
    listPatterns(database, { sort: 'recent', limit: MOST_IDS }).map(({ id, name, head }) => ({
      id,
      meaning: `${name}: ${head.split('\n', 1)[0] ?? ''}`,
    })),
  sessions: (database: Database): OfferedId[] =>
    listSessions(database, { limit: MOST_IDS }).map(({ id, projectName, startedAt }) => ({
      id,
      meaning: `${projectName ?? ''} ${localTime(startedAt).slice(0, 16)}`.trim(),
    })),
};
