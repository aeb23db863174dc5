import { diffArrays } from 'diff';
import type { Hunk } from '../../event/hunk.ts';
import { withTabs } from '../payload/hunk-text.ts';
import type { TextChange, TextReplacement } from '../payload/text-change.ts';
import { exactly, placed, withoutTabs } from './placed-hunk.ts';
import type { PlacedHunk } from './placed-hunk.ts';
import { fileLines } from './unified-diff.ts';
import type { ComparedLine, FileLine } from './unified-diff.ts';

/**
 * A file from the first change that is told of it to the last. What the changes do not show is not known, and
 * needs not be known to say what they did in all.
 */
export class NetText {
  /** The lines at first; null if there was no file. */
  #first: (FileLine | undefined)[] | null = [];
  /** The lines now: one of the first, by its number, or another one. Null if there is no file. */
  #now: (number | FileLine)[] | null = [];
  /** False as long as lines may follow of which nothing is told. */
  #isWhole = false;
  #isTouched = false;
  #isDoubtful = false;
  readonly #samples: string[];
  /** Indented lines that the file has had, by what a tool's diff makes of them; null where several look the same. */
  readonly #indented = new Map<string, string | null>();

  /** `samples` are lines as the file has or had them, which tell where it is indented with tabs. */
  constructor(samples: Iterable<string> = []) {
    this.#samples = [...new Set(samples)];
    for (const sample of this.#samples) {
      if (!/^[\t ]/.test(sample)) continue;
      const shown = withoutTabs(sample);
      this.#indented.set(shown, this.#indented.has(shown) ? null : sample);
    }
  }

  /** Whether there was a file before the first change, and is one after the last. */
  get exists(): { readonly first: boolean; readonly now: boolean } {
    return { first: this.#first !== null, now: this.#now !== null };
  }

  /** True if tabs that were guessed may well be wrong: the file has some, or nothing of it is known to be indented. */
  get isDoubtful(): boolean {
    return this.#isDoubtful;
  }

  /** Takes in one change more; false if it does not fit what was told before, or does not tell enough. */
  apply(change: TextChange): boolean {
    const { did, before } = change;
    const isTaken = this.#take(change, did, before);
    this.#isTouched = true;
    return isTaken;
  }

  /** Takes in that the file was removed; false if it is not known what it held. */
  remove(): boolean {
    this.#isTouched = true;
    if (this.#now !== null && !this.#isWhole) return false;
    this.#now = null;
    return true;
  }

  /** The first text and the last one beside each other. */
  compared(): ComparedLine[] {
    const first = this.#first ?? [];
    const compared: ComparedLine[] = [];
    let at = 0;
    const removeUpTo = (end: number): void => {
      for (; at < end; at += 1) compared.push({ sign: '-', line: first[at] });
    };
    for (const line of this.#now ?? []) {
      if (typeof line === 'number') {
        removeUpTo(line);
        compared.push({ sign: ' ', line: first[line] });
        at = line + 1;
      } else compared.push({ sign: '+', line });
    }
    removeUpTo(first.length);
    return compared;
  }

  #take(change: TextChange, did: TextChange['did'], before: TextChange['before']): boolean {
    // A cell is not what its notebook's file holds.
    const isCell = did.kind === 'replace' && change.places !== undefined;
    if (change.isForeign === true || isCell) return false;
    switch (did.kind) {
      case 'write':
        if (did.isPart === true) return false;
        if (before === null) return this.#create(did.code ?? did.text);
        return this.#write(change, did.code ?? did.text);
      case 'replace':
        if (before === null && did.replacements[0]?.oldText === '') {
          return this.#create(did.replacements[0].newText);
        }
        return (
          this.#replace(did.replacements) ||
          this.#patch(change, textsOf(did.replacements), did.replacements)
        );
      case 'hunks':
        return this.#patch(change, []);
      case 'left':
        return this.#become(fileLines(did.text));
      case 'delete':
        if (typeof before === 'string' && !this.#fill(fileLines(before))) return false;
        return this.remove();
    }
  }

  #create(text: string): boolean {
    if (!this.#isTouched) {
      this.#first = null;
      this.#isWhole = true;
      this.#now = null;
    }
    // A file that is there was removed or renamed unseen, unless it is known to be gone.
    if (this.#now !== null) return this.#become(fileLines(text));
    this.#now = fileLines(text);
    return true;
  }

  #write(change: TextChange, text: string): boolean {
    const lines = fileLines(text);
    if (this.#known() !== undefined) return this.#become(lines);
    if (change.hunks.length === 0) return false;
    return this.#patch(change, [text]) && this.#fill(lines);
  }

  /** Does a replacement in a text of which all is known. */
  #replace(replacements: readonly TextReplacement[]): boolean {
    const lines = this.#known();
    if (lines === undefined) return false;
    const isCrlf = lines.length > 0 && lines.every(({ text }) => text.endsWith('\r'));
    let text = lines
      .map((line) => `${withoutReturn(line.text)}${line.isUnterminated ? '' : '\n'}`)
      .join('');
    for (const { oldText, newText, everywhere } of replacements) {
      const removesLine =
        newText === '' && !oldText.endsWith('\n') && text.includes(`${oldText}\n`);
      const old = removesLine ? `${oldText}\n` : oldText;
      if (old === '' || !text.includes(old)) return false;
      text = everywhere ? text.replaceAll(old, () => newText) : text.replace(old, () => newText);
    }
    return this.#become(fileLines(isCrlf ? text.replaceAll('\n', '\r\n') : text));
  }

  /** Applies the diff of a change. */
  #patch(
    change: TextChange,
    texts: readonly string[],
    replacements: readonly TextReplacement[] = [],
  ): boolean {
    const { hunks, isToolDiff } = change;
    if (hunks.length === 0 || this.#now === null) return false;
    if (!isToolDiff) this.#noteTab(hunks);
    const samples = [...this.#samples, ...texts.flatMap((text) => text.split('\n'))];
    const tabbed = isToolDiff ? withTabs(hunks, samples) : hunks;
    const told = exactly(
      tabbed.map((hunk) => this.#indentedAsKnown(placed(hunk, isToolDiff))),
      replacements,
    );
    const isIndented = samples.some((sample) => sample.startsWith('  '));
    this.#isDoubtful ||= isToolDiff && (!isIndented || samples.some(hasTab));
    // From the last to the first, because each names the lines as they were before all.
    return told.toReversed().every((hunk) => this.#patchOne(hunk));
  }

  /** Remembers the first line with a tab: an exact diff shows tabs that a later diff has turned into blanks. */
  #noteTab(hunks: readonly Hunk[]): void {
    if (this.#samples.some(hasTab)) return;
    const line = hunks.flatMap(({ lines }) => lines).find(({ text }) => hasTab(text));
    if (line !== undefined) this.#samples.push(line.text);
  }

  /** A hunk whose lines have the tabs of the only line known that it can show. */
  #indentedAsKnown(hunk: PlacedHunk): PlacedHunk {
    const lines = hunk.lines.map(({ sign, line }) => {
      const known = line.isGuess ? this.#indented.get(withoutTabs(line.text)) : undefined;
      return {
        sign,
        line: typeof known === 'string' ? { ...line, text: known, isGuess: false } : line,
      };
    });
    return { ...hunk, lines };
  }

  #patchOne({ start, lines }: PlacedHunk): boolean {
    const now = this.#now ?? [];
    const old = lines.filter(({ sign }) => sign !== '+');
    if (!this.#reach(start + old.length)) return false;
    const fits = old.every(({ line }, index) => {
      const known = this.#lineAt(now[start + index]);
      return known === undefined || isLike(known, line);
    });
    if (!fits) return false;
    const isCrlf = old.some((_, index) => this.#lineAt(now[start + index])?.text.endsWith('\r'));
    const after: (number | FileLine)[] = [];
    let at = start;
    for (const { sign, line } of lines) {
      if (sign === '+') {
        after.push(isCrlf ? { ...line, text: `${line.text}\r` } : line);
        continue;
      }
      const place = now[at];
      if (place === undefined) return false;
      this.#tell(place, line);
      if (line.isUnterminated) this.#isWhole = true;
      if (sign === ' ') after.push(place);
      at += 1;
    }
    now.splice(start, old.length, ...after);
    return true;
  }

  /** Makes sure that a text has this many lines; false if it is known to have less. */
  #reach(count: number): boolean {
    const [first, now] = [this.#first, this.#now];
    if (now === null) return false;
    if (this.#isWhole || first === null) return now.length >= count;
    while (now.length < count) now.push(first.push(undefined) - 1);
    return true;
  }

  /** Takes in all lines of the present text; false if they are not those that were told before. */
  #fill(lines: readonly FileLine[]): boolean {
    if (!this.#reach(lines.length) || this.#now?.length !== lines.length) return false;
    const now = this.#now;
    const fits = lines.every((line, index) => {
      const known = this.#lineAt(now[index]);
      return known === undefined || isLike(known, line);
    });
    if (!fits) return false;
    for (const [index, line] of lines.entries()) {
      const place = now[index];
      if (typeof place === 'number' && this.#first !== null) this.#first[place] = line;
      else now[index] = line;
    }
    this.#isWhole = true;
    return true;
  }

  /** Takes in a new text. What it has in common with the one before is kept. */
  #become(lines: readonly FileLine[]): boolean {
    const [now, known] = [this.#now, this.#known()];
    if (now === null || known === undefined) return false;
    const keys = known.map(keyOf);
    const after: (number | FileLine)[] = [];
    let [old, next] = [0, 0];
    for (const { added, removed, count } of diffArrays(keys, lines.map(keyOf))) {
      if (added) after.push(...lines.slice(next, next + count));
      else if (!removed) after.push(...now.slice(old, old + count));
      if (!added) old += count;
      if (!removed) next += count;
    }
    this.#now = after;
    return true;
  }

  /** All lines of the present text; undefined if one of them is not known. */
  #known(): FileLine[] | undefined {
    if (!this.#isWhole || this.#now === null) return undefined;
    const lines = this.#now.map((place) => this.#lineAt(place));
    return lines.every((line) => line !== undefined) ? lines : undefined;
  }

  #lineAt(place: number | FileLine | undefined): FileLine | undefined {
    return typeof place === 'number' ? this.#first?.[place] : place;
  }

  /** Notes a line that a diff shows, if it was not known. */
  #tell(place: number | FileLine, line: FileLine): void {
    if (typeof place === 'number' && this.#first !== null) this.#first[place] ??= line;
  }
}

// --- internal ---

function keyOf({ text, isUnterminated }: FileLine): string {
  return isUnterminated ? `${text}\0` : text;
}

function textsOf(replacements: readonly TextReplacement[]): string[] {
  return replacements.flatMap(({ oldText, newText }) => [oldText, newText]);
}

function hasTab(text: string): boolean {
  return text.startsWith('\t');
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}

/** True for the same line, though only one may have its tabs and its carriage return. */
function isLike(one: FileLine, other: FileLine): boolean {
  if (one.isUnterminated !== other.isUnterminated) return false;
  const [a, b] = [withoutReturn(one.text), withoutReturn(other.text)];
  return a === b || ((one.isGuess || other.isGuess) && withoutTabs(a) === withoutTabs(b));
}
