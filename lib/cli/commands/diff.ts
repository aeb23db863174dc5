import { counted } from '../../base/amount-text.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { sessionFiles } from '../../store/queries/history/session-files.ts';
import type { NetChange, NetNote } from '../../store/queries/history/session-files.ts';
import { sessionPlaces } from '../../store/queries/history/session-places.ts';
import { fileArg, fileTest } from '../arguments/file-choice.ts';
import { chooseProjects } from '../arguments/project-choice.ts';
import { namedSession, noSession } from '../arguments/session-choice.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { printPaged } from '../listing/pager.ts';
import { shortSession, shownPath } from '../listing/row-text.ts';
import { painter } from '../listing/table.ts';
import { gitPatch } from '../diff/git-patch.ts';
import { printJson } from '../output/json-output.ts';
import { diffLines } from '../diff/diff-lines.ts';
import { plainLine } from '../output/plain-text.ts';

interface Patch {
  readonly sessionId: string;
  /** The folder that names in the patch begin at. */
  readonly root: string;
  readonly patch: string;
  readonly files: readonly NetChange[];
}

/** `diff`: what a session changed in all, as a patch. */
export const diffCommand = trackerCommand({
  name: 'diff',
  summary: 'Print what a session changed in all, as a patch that applies.',
  examples: [
    'pattern-tracker diff last',
    'pattern-tracker diff 3f2a9c10 | git apply --reverse',
    'pattern-tracker diff last --file src/cart --json',
  ],
  details: `The patch goes from the first text of each file that is known of the session to the last, and is for the root of
the project: \`git apply\` and \`patch -p1\` take it. It is made of what the calls of the session told, and of the last texts
that are kept of a file. Nothing is read from the disk.

What cannot be told stands on standard error, or below the patch at a terminal: files of which only is known that they were
changed, files outside the project, and parts in which secrets were taken out.`,
  json: `{session_id, root, patch, files: [{file_path, change: created|modified|deleted|unknown, lines_added, lines_removed,
in_patch, note: null|redacted|guessed|shared|pruned|unseen|unlike}]}. redacted: a secret was taken out of it, so it may not
apply; guessed: its leading tabs or its last newline are guessed; shared: what others changed between two calls is in it; pruned: payloads are
past retention; unseen: a call did not tell all that it changed; unlike: others changed it in between.`,
  args: {
    session: {
      type: 'positional',
      required: false,
      description: 'The first characters of its id, or "last", which is the default',
    },
    ...common.projectArg,
    ...fileArg,
    ...common.pagerArg,
    ...common.jsonArg,
  },
  async run({ session, project, file, pager, json }, cli) {
    const isFile = file === undefined ? undefined : await fileTest(file, cli);
    const found = readDatabase(cli.paths.database, (database): Patch => {
      const sessionId = namedSession(
        database,
        session,
        cli,
        chooseProjects(database, project, cli),
      );
      const files = sessionFiles(database, sessionId, isFile);
      const root = rootOf(sessionPlaces(database, sessionId), files) ?? cli.cwd;
      return { sessionId, root, files, patch: patchOf(root, files) };
    });
    if (found === undefined) throw noSession();
    if (json) return printJson(cli, forJson(found));
    const notes = notesOn(found, cli);
    if (cli.isTTY) return printPaged(cli, shownText(found, notes, cli), pager);
    cli.out(found.patch);
    if (notes.length > 0) cli.err(`${notes.map(plainLine).join('\n')}\n`);
  },
});

// --- internal ---

/** The first of some folders that most of the files lie in: those of a linked work tree are not below the project's root. */
function rootOf(places: readonly string[], files: readonly NetChange[]): string | undefined {
  const holdsMost = (place: string): boolean => {
    const inside = files.filter(({ filePath }) => nameIn(place, filePath) !== undefined);
    return inside.length * 2 > files.length;
  };
  return places.find(holdsMost) ?? places[0];
}

function patchOf(root: string, files: readonly NetChange[]): string {
  return gitPatch(
    files.flatMap(({ filePath, change, hunks }) => {
      const name = nameIn(root, filePath);
      if (name === undefined || change === 'unknown' || hunks === null) return [];
      return [{ name, change, hunks }];
    }),
  );
}

/** The name of a file below the root; undefined for one outside. */
function nameIn(root: string, path: string): string | undefined {
  const folder = root.endsWith('/') ? root : `${root}/`;
  return path.startsWith(folder) ? path.slice(folder.length) : undefined;
}

function forJson({ sessionId, root, patch, files }: Patch) {
  return {
    sessionId,
    root,
    patch,
    files: files.map(({ hunks, ...file }) => ({
      ...file,
      inPatch: hunks !== null && nameIn(root, file.filePath) !== undefined,
    })),
  };
}

/** At a terminal, where it is read and not applied. */
function shownText(
  { sessionId, patch }: Patch,
  notes: readonly string[],
  cli: CliEnvironment,
): string {
  const nothing = `Session ${shortSession(sessionId)} is not known to have changed a file.`;
  const lines = patch === '' ? [nothing] : diffLines(patch, cli.color);
  const dim = notes.map((note) => painter(cli.color)('dim', plainLine(note)));
  return `${[...lines, ...dim].join('\n')}\n`;
}

/** What the patch does not say; of many files of which the same is to be said, the first ones. */
function notesOn({ root, files }: Patch, { env }: CliEnvironment): string[] {
  const named = new Map<string, string[]>();
  for (const { filePath, note } of files) {
    const isOutside = nameIn(root, filePath) === undefined;
    const text = isOutside ? OUTSIDE : note === null ? undefined : NOTES[note];
    if (text === undefined) continue;
    const names = named.get(text) ?? [];
    names.push(shownPath(filePath, root, env));
    named.set(text, names);
  }
  return [...named].flatMap(([text, names]) => {
    const lines = names.slice(0, NAMED).map((name) => `${name}: ${text}`);
    const more = names.length - lines.length;
    return more === 0
      ? lines
      : [
          ...lines,
          `… and ${counted(more, 'more file')}, of which the same is true; --json has all`,
        ];
  });
}

const NAMED = 5;

const OUTSIDE = 'is outside the project, and not in the patch';

const NOTES: Readonly<Record<NetNote, string>> = {
  redacted: 'secrets were taken out of it, so this part may not apply',
  guessed: 'its tabs or its last newline are guessed, so this part may not apply',
  shared: 'others changed it in between, and that is in the patch',
  pruned: 'is not in the patch: what the calls told is past retention',
  unseen: 'is not in the patch: a call did not tell all that it changed',
  unlike: 'is not in the patch: it was changed by others in between, and its text is not kept',
};
