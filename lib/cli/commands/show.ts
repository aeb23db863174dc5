import type { PartOfList } from '../arguments/list-arguments.ts';
import { TrackerError } from '../../base/errors.ts';
import type { Database } from '../../store/database/database.ts';
import { authorshipOf } from '../../store/queries/authorship/pattern-parents.ts';
import type { PatternAuthorship } from '../../store/queries/authorship/pattern-parents.ts';
import { LINEAGE_LIMITS, lineageOf } from '../../store/queries/lineage.ts';
import type { Lineage } from '../../store/queries/lineage.ts';
import { changeOf } from '../../store/queries/pattern-change.ts';
import type { PatternChange } from '../../store/queries/pattern-change.ts';
import { occurrencesOf, patternById, patternsByPrefix } from '../../store/queries/patterns.ts';
import type { PatternWithCode, PatternOccurrence } from '../../store/queries/patterns.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { isoTime } from '../../base/clock.ts';
import { printJson } from '../output/json-output.ts';
import { lineageTree } from '../output/lineage-tree.ts';
import { parentList } from '../listing/parent-list.ts';
import { cutNote } from '../listing/list-output.ts';
import { printPaged } from '../listing/pager.ts';
import { parsePage } from '../arguments/list-arguments.ts';
import { candidateOf, MAX_CANDIDATES } from '../arguments/id-prefix.ts';
import { plainLine, plainLines } from '../output/plain-text.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { counted, shareText } from '../../base/amount-text.ts';
import { fileAndLines, shortSession, shownPath, withinProject } from '../listing/row-text.ts';
import { painter, renderTable } from '../listing/table.ts';
import type { Column } from '../listing/table.ts';
import { ago } from '../../base/time-text.ts';
import { UsageError } from '../arguments/usage-error.ts';

interface ShownPattern {
  readonly pattern: PatternWithCode;
  /** The part of its occurrences that was asked for, newest first. */
  readonly occurrences: readonly PatternOccurrence[];
  /** How many newer ones were passed over. */
  readonly offset: number;
  /** The newest of all. */
  readonly newest: PatternOccurrence | undefined;
  readonly lineage: Lineage;
  readonly authorship: PatternAuthorship;
  /** What it changed in its parent; undefined when it has none, or nobody asked. */
  readonly change: PatternChange | undefined;
}

/** `show`: shows one pattern. */
export const showCommand = trackerCommand({
  name: 'show',
  summary: 'Show one pattern: its code, its places, what it came from.',
  examples: [
    'pattern-tracker show 683314ed22112e8d',
    'pattern-tracker show 6833 --diff',
    'pattern-tracker show 6833 --json | jq -r .pattern.code',
  ],
  details: `The first characters of an id are enough if no other pattern begins with them. --diff shows what it changed in
the pattern that it was made from, instead of code, occurrences and lineage.

NEW is which part of the lines that a call changed is Claude's own; or what the call did with code that stood somewhere
before: moved, copied, restored, formatted. Parents are the patterns whose lines it replaced, each with its share.`,
  json: `{pattern: {id, name, language, lines, origin, generation, lineage_id, occurrences, uses, first_seen_at,
last_seen_at, code, authored_share}, parents: [{id, name, generation, share}], occurrences: [{action, file_path,
start_line, end_line, changed_lines, authorship, authored_share, language, tool_name, tool_use_id, replaced_id, session_id,
project_root, project_name, at}], lineage: {ancestors, descendants:
[{id, name, language, generation, last_seen_at, edge_type, via_id, depth}], is_cut}}; with --diff
also diff: {parent_id, unified, is_exact}, or null for a pattern without a parent. is_exact is false when the event
that wrote it is past retention, and whole patterns are compared.`,
  args: {
    id: { type: 'positional', required: true, description: 'The id, or its first characters' },
    diff: { type: 'boolean', description: 'Show what it changed in its parent' },
    limit: {
      type: 'string',
      valueHint: 'n',
      default: '20',
      description: 'Show at most n occurrences; 0 shows all',
    },
    ...common.pageArg,
    ...common.pagerArg,
    ...common.jsonArg,
  },
  async run({ id, limit, page, diff, pager, json }, cli) {
    const prefix = id.toLowerCase();
    if (!/^[0-9a-f]+$/.test(prefix)) {
      throw new UsageError(
        `"${id}" is not a pattern id`,
        'Expected hex digits, as `pattern-tracker patterns` lists them.',
      );
    }
    const part = parsePage({ limit, page });
    const shown = readDatabase(cli.paths.database, (database) =>
      find(database, prefix, { ...part, withChange: diff === true }, cli),
    );
    if (!shown) throw noSuchPattern(prefix);
    if (json) {
      printJson(cli, diff ? { ...forJson(shown), diff: await diffForJson(shown) } : forJson(shown));
    } else {
      await printPaged(cli, diff ? await renderDiff(cli, shown) : render(cli, shown), pager);
    }
  },
});

// --- internal ---

/** The file that a pattern was written to last, within its project; its name alone where no place is known. */
function fileOf(
  { name }: { readonly name: string },
  newest: PatternOccurrence | undefined,
  { env }: CliEnvironment,
): string {
  return newest ? shownPath(newest.filePath, newest.projectRoot, env) : name;
}

function find(
  database: Database,
  prefix: string,
  { limit, offset, withChange }: PartOfList & { readonly withChange: boolean },
  cli: CliEnvironment,
): ShownPattern | undefined {
  const candidates = patternsByPrefix(database, prefix, MAX_CANDIDATES + 1);
  const id = candidateOf('pattern', prefix, candidates, (candidate) => [
    candidate.language,
    fileOf(candidate, newestOf(database, candidate.id), cli),
    ago(candidate.lastSeenAt, cli.now()),
  ])?.id;
  const pattern = id === undefined ? undefined : patternById(database, id);
  return (
    pattern && {
      pattern,
      occurrences: occurrencesOf(database, pattern.id, limit, offset),
      offset,
      newest: newestOf(database, pattern.id),
      lineage: lineageOf(database, pattern.id),
      authorship: authorshipOf(database, pattern.id),
      change: withChange ? changeOf(database, pattern) : undefined,
    }
  );
}

function newestOf(database: Database, id: string): PatternOccurrence | undefined {
  return occurrencesOf(database, id, 1)[0];
}

function noSuchPattern(prefix: string): TrackerError {
  return new TrackerError('E_NO_PATTERN', `no pattern begins with "${prefix}"`, {
    hint: '`pattern-tracker patterns` lists what there is.',
  });
}

/** The id and the facts of a pattern. */
function headLines(
  cli: CliEnvironment,
  { pattern, newest, authorship: { authoredShare } }: ShownPattern,
): string[] {
  const paint = painter(cli.color);
  const facts = [
    pattern.language,
    counted(pattern.lines, 'line'),
    ...(authoredShare === null ? [] : [`${shareText(authoredShare)} new`]),
    `generation ${pattern.generation}`,
    `seen ${counted(pattern.uses, 'time')}`,
    `last ${ago(pattern.lastSeenAt, cli.now())}`,
  ];
  return [
    `${paint('yellow', pattern.id)}  ${paint('bold', plainLine(fileOf(pattern, newest, cli)))}`,
    paint('dim', facts.join(' · ')),
  ];
}

async function renderDiff(cli: CliEnvironment, shown: ShownPattern): Promise<string> {
  const { pattern, change } = shown;
  const head = [...headLines(cli, shown), ''];
  if (!change) {
    return [...head, 'It was made from no other pattern, so there is nothing to compare.', ''].join(
      '\n',
    );
  }
  const [{ patternDiff }, { diffLines }] = await Promise.all([
    import('../../pattern/pattern-diff.ts'),
    import('../diff/diff-lines.ts'),
  ]);
  const diff = patternDiff(pattern, change);
  return [
    ...head,
    ...(change.isExact
      ? []
      : ['The event that wrote it is past retention, so whole patterns are compared.', '']),
    ...(diff === '' ? ['It changed nothing but white space.'] : diffLines(diff, cli.color)),
    '',
  ].join('\n');
}

async function diffForJson({ pattern, change }: ShownPattern) {
  if (!change) return null;
  const { patternDiff } = await import('../../pattern/pattern-diff.ts');
  const { parent, isExact } = change;
  return { parentId: parent.id, unified: patternDiff(pattern, change), isExact };
}

function render(cli: CliEnvironment, shown: ShownPattern): string {
  const { pattern, lineage, authorship } = shown;
  const paint = painter(cli.color);
  const code = plainLines(pattern.code.replace(/\n$/, ''));
  const digits = String(code.length).length;
  return [
    ...headLines(cli, shown),
    '',
    ...code.map((line, at) =>
      `${paint('dim', `${String(at + 1).padStart(digits)} │`)} ${line}`.trimEnd(),
    ),
    '',
    paint('bold', 'Occurrences'),
    occurrenceTable(cli, shown),
    ...parentList(cli, authorship),
    paint('bold', 'Lineage'),
    ...lineageLines(cli, pattern, lineage),
    '',
  ].join('\n');
}

function occurrenceTable(
  cli: CliEnvironment,
  { pattern, occurrences, offset }: ShownPattern,
): string {
  const note = cutNote(occurrences.length, pattern.occurrences, offset);
  const end = note === undefined ? '' : `${note}\n`;
  if (occurrences.length === 0) return end || 'none\n';
  const newColumn: Column<PatternOccurrence> = {
    title: 'NEW',
    cell: newText,
    align: 'right',
    rank: 4,
  };
  const table = renderTable<PatternOccurrence>(
    cli,
    [
      { title: 'ACTION', cell: ({ action }) => action },
      {
        title: 'WHERE',
        cell: ({ filePath, startLine, endLine, projectRoot }) =>
          fileAndLines(withinProject(filePath, projectRoot), startLine, endLine, {
            withFolders: true,
          }),
        cut: 'start',
        least: 20,
      },
      ...(occurrences.some((one) => newText(one) !== '') ? [newColumn] : []),
      { title: 'TOOL', cell: ({ toolName }) => toolName, rank: 1 },
      {
        title: 'SESSION',
        cell: ({ sessionId }) => shortSession(sessionId),
        isWhole: true,
        rank: 2,
      },
      { title: 'PROJECT', cell: ({ projectName }) => projectName ?? '', rank: 3 },
      { title: 'WHEN', cell: ({ at }) => ago(at, cli.now()), isWhole: true },
    ],
    occurrences,
  );
  return table + end;
}

/** How much of what a call changed is new, or what else it did with the code. */
function newText({ authorship, authoredShare }: PatternOccurrence): string {
  if (authorship !== 'authored') return authorship;
  return authoredShare === null ? '' : shareText(authoredShare);
}

function lineageLines(cli: CliEnvironment, pattern: PatternWithCode, lineage: Lineage): string[] {
  if (lineage.ancestors.length + lineage.descendants.length === 0) {
    return ['It came from no other pattern, and no other came from it.'];
  }
  const paint = painter(cli.color);
  const lines = lineageTree(pattern, lineage).map(({ branch, node, isSubject }) => {
    const text = `${node.id}  ${plainLine(node.name ?? 'not stored')}  gen ${node.generation ?? '?'}`;
    return `${branch}${isSubject ? `${paint('yellow', text)}  ◀ this one` : text}`;
  });
  const { depth, nodes } = LINEAGE_LIMITS;
  return lineage.isCut ? [...lines, `… cut after ${depth} steps or ${nodes} patterns`] : lines;
}

function forJson({ pattern, occurrences, lineage, authorship }: ShownPattern) {
  const nodes = (list: Lineage['ancestors']) =>
    list.map(({ id, name, language, generation, lastSeenAt, edgeType, viaId, depth }) => ({
      id,
      name,
      language,
      generation,
      edgeType,
      viaId,
      depth,
      lastSeenAt: isoTime(lastSeenAt),
    }));
  return {
    pattern: {
      ...pattern,
      firstSeenAt: isoTime(pattern.firstSeenAt),
      lastSeenAt: isoTime(pattern.lastSeenAt),
      authoredShare: authorship.authoredShare,
    },
    parents: authorship.parents,
    occurrences: occurrences.map((occurrence) => ({ ...occurrence, at: isoTime(occurrence.at) })),
    lineage: {
      ancestors: nodes(lineage.ancestors),
      descendants: nodes(lineage.descendants),
      isCut: lineage.isCut,
    },
  };
}
