import { TrackerError } from '../../base/errors.ts';
import { UsageError } from '../arguments/usage-error.ts';
import type { CliEnvironment } from '../environment.ts';
import { runGit } from './git-run.ts';

/** Two commits that are compared, by their whole ids. */
export interface GitRange {
  readonly base: string;
  readonly head: string;
}

/** A file to which lines were added between two commits. */
export interface AddedFile {
  /** From the top of the work tree. */
  readonly name: string;
  /** The id of its content at the second commit. */
  readonly blob: string;
  /** The added lines there, from 1, in order. */
  readonly lines: readonly number[];
}

type Place = Pick<CliEnvironment, 'env' | 'cwd'>;

/**
 * Reads `BASE..HEAD`, `BASE...HEAD` (from where they parted, as pull requests have it) and `BASE` alone, which is up to
 * HEAD.
 *
 * @throws UsageError for what is no range; TrackerError E_NO_COMMIT for a commit that is not there, E_GIT, E_NO_GIT
 */
export async function gitRange(text: string, place: Place): Promise<GitRange> {
  const [, first = '', dots = '', last = ''] = /^(.*?)(?:(\.{2,3})(.*))?$/s.exec(text) ?? [];
  for (const name of [first, last]) {
    if (isName(name) && first + last !== '') continue;
    throw new UsageError(`--diff is "${text}"`, 'Expected commits or branches: main..HEAD.');
  }
  const base = await commitOf(first || 'HEAD', place);
  const head = await commitOf(last || 'HEAD', place);
  if (dots !== '...') return { base, head };
  const { code, out } = await runGit(place, ['merge-base', base, head]);
  const parted = out.toString().trim();
  if (code === 0 && OBJECT.test(parted)) return { base: parted, head };
  throw new TrackerError('E_NO_COMMIT', `${first || 'HEAD'} and ${last || 'HEAD'} never parted`, {
    hint: 'They have no commit in common. Compare them with two dots: BASE..HEAD.',
  });
}

/**
 * The files to which lines were added, in git's order. A renamed file is a new one, of which all lines were added. What is
 * a text is not asked of the project's attributes.
 *
 * @param limit a file that attributes call binary is looked into if it has at most so many bytes
 */
export async function addedFiles(
  range: GitRange,
  limit: number,
  place: Place,
): Promise<AddedFile[]> {
  // Names come from the first answer, where nothing in them can be taken for something else.
  const entries = rawEntries(await compared(range, ['--raw', '-z', '--no-abbrev'], place));
  const added = await addedLines(range, entries.length, place);
  const files = entries.flatMap(({ name, blob, isFile }, index): AddedFile[] =>
    isFile ? [{ name, blob, lines: added[index] ?? [] }] : [],
  );
  const hidden = files.filter(({ lines }) => lines.length === 0);
  const shown = new Map<string, readonly number[]>();
  for (let at = 0; at < hidden.length; at += FILES_AT_ONCE) {
    const some = hidden.slice(at, at + FILES_AT_ONCE);
    const texts = await blobTexts([...new Set(some.map(({ blob }) => blob))], limit, place);
    const names = some.flatMap(({ name, blob }) => (texts.get(blob) ? [name] : []));
    if (names.length === 0) continue;
    const found = await addedLines(range, names.length, place, names);
    for (const [index, name] of names.entries()) shown.set(name, found[index] ?? []);
  }
  return files
    .map((file) => ({ ...file, lines: shown.get(file.name) ?? file.lines }))
    .filter(({ lines }) => lines.length > 0);
}

/** The texts of contents by their ids, at most `limit` bytes each; those that are larger, or no text, are left out. */
export async function blobTexts(
  blobs: readonly string[],
  limit: number,
  place: Place,
): Promise<Map<string, string>> {
  const sizes = await answer(
    ['cat-file', '--batch-check=%(objectname) %(objecttype) %(objectsize)'],
    place,
    blobs,
  );
  const wanted = sizes
    .toString()
    .split('\n')
    .flatMap((line) => {
      const [id = '', type, size] = line.split(' ');
      return type === 'blob' && Number(size) <= limit ? [id] : [];
    });
  const texts = new Map<string, string>();
  const bytes = await answer(['cat-file', '--batch'], place, wanted);
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(0x0a, at);
    const [id = '', , size] = bytes.subarray(at, end).toString().split(' ');
    if (end === -1 || size === undefined) throw notUnderstood();
    const text = bytes.subarray(end + 1, end + 1 + Number(size)).toString();
    if (!text.includes('\0')) texts.set(id, text);
    at = end + 1 + Number(size) + 1;
  }
  return texts;
}

// --- internal ---

/** So many contents are held at a time. */
const FILES_AT_ONCE = 16;

/** The id of an object, in SHA-1 or SHA-256. */
const OBJECT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** A name that cannot be taken for an option, nor for two. */
function isName(text: string): boolean {
  return !text.startsWith('-') && !/[\s\p{Cc}]|\.\./u.test(text);
}

async function commitOf(name: string, place: Place): Promise<string> {
  const { code, out, said } = await runGit(place, [
    'rev-parse',
    '--verify',
    '--quiet',
    `${name}^{commit}`,
  ]);
  const id = out.toString().trim();
  if (code === 0 && OBJECT.test(id)) return id;
  if (said !== '') throw failed(said);
  throw new TrackerError('E_NO_COMMIT', `git knows no commit "${name}" here`, {
    hint: 'Name a commit, a branch or a tag of the repository that you are in.',
  });
}

/** A comparison as nothing that is configured changes it. */
async function compared(
  { base, head }: GitRange,
  form: readonly string[],
  place: Place,
  names: readonly string[] = [],
): Promise<Buffer> {
  const compare = [
    'diff-tree',
    '-r',
    '--no-commit-id',
    '--diff-filter=AM',
    '--no-renames',
    '--ignore-submodules=all',
    '--no-ext-diff',
    '--no-textconv',
    '--no-color',
    '--inter-hunk-context=0',
  ];
  return answer([...compare, ...form, base, head, '--', ...names], place);
}

async function answer(
  args: readonly string[],
  place: Place,
  lines: readonly string[] = [],
): Promise<Buffer> {
  const { code, out, said } = await runGit(place, args, lines.map((line) => `${line}\n`).join(''));
  if (code !== 0) throw failed(said);
  return out;
}

function failed(said: string): TrackerError {
  return new TrackerError('E_GIT', `git failed: ${said}`, {
    hint: 'Run the same in a clone that git can read.',
  });
}

function notUnderstood(): TrackerError {
  return new TrackerError('E_GIT', 'git answered in a form that is not known', {
    hint: 'Update git, or report this.',
  });
}

interface RawEntry extends Pick<AddedFile, 'name' | 'blob'> {
  /** False for a link and a submodule. */
  readonly isFile: boolean;
}

/** `:100644 100644 ID ID M NUL NAME NUL`, again and again. */
function rawEntries(bytes: Buffer): RawEntry[] {
  const parts = bytes.toString().split('\0');
  const entries: RawEntry[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [, mode = '', , blob = ''] = (parts[at] ?? '').split(' ');
    if (!OBJECT.test(blob)) throw notUnderstood();
    entries.push({ name: parts[at + 1] ?? '', blob, isFile: mode.startsWith('100') });
  }
  return entries;
}

/** The added lines of so many files, in git's order. @param names only these files, each taken for a text */
async function addedLines(
  range: GitRange,
  count: number,
  place: Place,
  names: readonly string[] = [],
): Promise<number[][]> {
  const form = ['--patch', '--unified=0', '--src-prefix=a/', '--dst-prefix=b/'];
  if (names.length > 0) form.push('--text');
  const patch = await compared(range, form, place, names);
  const files: number[][] = [];
  // Lines of files begin with a sign, so that none of them is taken for a head.
  for (const line of patch.toString('latin1').split('\n')) {
    if (line.startsWith('diff --git ')) files.push([]);
    const [, start, length = '1'] = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/.exec(line) ?? [];
    if (start === undefined) continue;
    for (let at = 0; at < Number(length); at += 1) files.at(-1)?.push(Number(start) + at);
  }
  if (files.length !== count) throw notUnderstood();
  return files;
}
