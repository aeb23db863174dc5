import { gitPath } from './git-path.ts';

/** A file in a patch. */
export interface PatchedFile {
  /** From the folder that the patch is applied in. */
  readonly name: string;
  readonly change: 'created' | 'modified' | 'deleted';
  /** Its diff in unified form, without its head. */
  readonly hunks: string;
}

/** Writes files as a patch that `git apply` and `patch -p1` take. Whether a new file can be run is not known. */
export function gitPatch(files: readonly PatchedFile[]): string {
  return files.map(fileText).join('');
}

// --- internal ---

function fileText({ name, change, hunks }: PatchedFile): string {
  const [old, now] = [gitPath(`a/${name}`), gitPath(`b/${name}`)];
  const head = [`diff --git ${old} ${now}`];
  if (change === 'created') head.push('new file mode 100644');
  if (change === 'deleted') head.push('deleted file mode 100644');
  // Without lines, only the names of the contents say that there is a file.
  if (hunks === '' && change === 'created') head.push(`index ${NO_BLOB}..${EMPTY_BLOB}`);
  if (hunks === '' && change === 'deleted') head.push(`index ${EMPTY_BLOB}..${NO_BLOB}`);
  if (hunks !== '') {
    head.push(`--- ${change === 'created' ? '/dev/null' : ended(old)}`);
    head.push(`+++ ${change === 'deleted' ? '/dev/null' : ended(now)}`);
  }
  return `${head.join('\n')}\n${hunks}`;
}

/** A tab ends a name with blanks, which `patch` would cut there. */
function ended(name: string): string {
  return name.includes(' ') && !name.startsWith('"') ? `${name}\t` : name;
}

/** As git names what is not there, and the empty content. */
const NO_BLOB = '0000000';
const EMPTY_BLOB = 'e69de29';
