import { linesOf, NO_LINE } from '../author.ts';
import type { Hunk } from '../../event/hunk.ts';
import type { TextChange, TextReplacement } from './text-change.ts';
import { hunkSplices, textUnderHunks, withTabs } from './hunk-text.ts';
import { changedBlocks } from '../transfer/line-diff.ts';
import type { Splice } from '../transfer/splice.ts';

/** A splice, and the code that it brought, if it is to be a piece of its own. */
export interface Written extends Splice {
  readonly code: string;
  /** The lines of the code, from the beginning of the splice; undefined for a cell, which has no lines of its own. */
  readonly range: { readonly first: number; readonly last: number } | undefined;
  /** `file`: it took the place of all that was there; `text`: of the lines of the splice; `lines`: of those that went. */
  readonly replaced: 'file' | 'text' | 'lines';
}

/** What a change did to a text, all at once. */
export type Step = (lines: readonly string[]) => readonly Written[];

/** The steps of a change, each for the text that the one before left. */
export function stepsOf(change: TextChange): Step[] {
  const { did } = change;
  switch (did.kind) {
    case 'write':
      return [
        (lines) => [
          did.isPart === true
            ? part(lines, did.text, did.code ?? '')
            : wholeText(lines, did.text, did.code),
        ],
      ];
    case 'replace':
      return did.replacements.map((replacement) => (lines) => {
        const found = replaced(lines, replacement);
        if (found.length > 0) return found;
        // Where the old text is not found, the diff tells what changed, if it is of this edit alone.
        const splices =
          did.replacements.length > 1 ? [] : hunkSplices(withTabs(change.hunks, lines));
        return splices.length > 0
          ? asOne(splices, codeOf(replacement))
          : [nowhere(codeOf(replacement))];
      });
    case 'hunks':
      return [
        (lines) =>
          hunkSplices(change.isToolDiff ? withTabs(change.hunks, lines) : change.hunks).map(run),
      ];
    case 'left':
      return [(lines) => differences(lines, linesOf(did.text)).map(run)];
    case 'delete':
      return [(lines) => [wholeText(lines, '')]];
  }
}

/** False if neither the change nor what is known of the file tells where its texts stand in `before`. */
export function isPlaced(
  { before: told, did, hunks }: TextChange,
  before: readonly string[],
  known: readonly string[] | undefined,
): boolean {
  return told !== undefined || did.kind !== 'replace' || hunks.length > 0 || before === known;
}

/**
 * The text before a change that does not tell it: what is known, if the change fits it, else what the diff
 * and the replaced text tell.
 */
export function textBefore(
  change: TextChange,
  known: readonly string[] | undefined,
): readonly string[] {
  const { did, hunks } = change;
  if (did.kind !== 'replace') {
    if (did.kind !== 'hunks') return known ?? [''];
    return textUnderHunks(known, change.isToolDiff ? withTabs(hunks, known ?? []) : hunks);
  }
  const fits = (text: readonly string[]): boolean => {
    let lines = text;
    return did.replacements.every(({ oldText, newText, everywhere }) => {
      const joined = lines.join('\n');
      if (!joined.includes(oldText)) return false;
      lines = linesOf(
        everywhere
          ? joined.replaceAll(oldText, () => newText)
          : joined.replace(oldText, () => newText),
      );
      return true;
    });
  };
  const samples = [
    ...did.replacements.flatMap(({ oldText, newText }) => [oldText, newText]),
    ...(known ?? []),
  ];
  const tabbed = withTabs(hunks, samples);
  const isAsKnown = known !== undefined && textUnderHunks(known, tabbed) === known;
  if (isAsKnown && fits(known)) return known;
  const [first] = did.replacements;
  if (first === undefined || tabbed.length === 0) return linesOf(first?.oldText ?? '');
  const lines = [...textUnderHunks(known, tabbed)];
  // The diff has three lines around a change; the replaced text may have more.
  const old = linesOf(first.oldText);
  const start = firstChange(tabbed) - commonStart(old, linesOf(first.newText));
  for (const [index, line] of old.entries()) {
    const at = start + index;
    while (lines.length <= at) lines.push(NO_LINE);
    // The first line and the last may be parts of lines, of which the diff has the whole.
    const isThere = index > 0 && index < old.length - 1 ? false : lines[at]?.includes(line);
    if (at >= 0 && isThere !== true) lines[at] = line;
  }
  if (first.everywhere) return lines;
  // It stands there once. What is known to stand elsewhere too has been moved, unseen.
  for (let at = 0; at < start; at += 1) {
    const isSame = old.every((line, index) => lines[at + index]?.includes(line));
    if (isSame) lines[at] = NO_LINE;
  }
  return lines;
}

// --- internal ---

/** The 0-based line of the first change in a diff, in the text before. */
function firstChange([hunk]: readonly Hunk[]): number {
  const context = hunk?.lines.findIndex(({ sign }) => sign !== ' ') ?? 0;
  return (hunk?.oldStart ?? hunk?.newStart ?? 1) - 1 + Math.max(0, context);
}

function commonStart(one: readonly string[], other: readonly string[]): number {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length += 1;
  return length;
}

function codeOf({ code, newText }: TextReplacement): string {
  return code ?? newText;
}

/** A piece of which nobody can tell where it stands. */
function nowhere(code: string): Written {
  return { start: 0, end: 0, lines: [], code, range: undefined, replaced: 'lines' };
}

/** Splices that are one piece: the first has the code, and the lines of all. */
function asOne(splices: readonly Splice[], code: string): Written[] {
  let growth = 0;
  const places = splices.map(({ start, end, lines }) => {
    const first = start + growth;
    growth += lines.length - (end - start);
    return { first, last: first + lines.length - 1 };
  });
  const first = places[0]?.first ?? 0;
  const last = Math.max(0, (places.at(-1)?.last ?? 0) - first);
  return splices.map((splice, index) => ({
    ...splice,
    code: index === 0 ? code : '',
    range: { first: 0, last },
    replaced: 'lines',
  }));
}

function wholeText(before: readonly string[], text: string, code = text): Written {
  const lines = linesOf(text);
  const last = Math.max(0, lines.length - (lines.at(-1) === '' ? 2 : 1));
  return { start: 0, end: before.length, lines, code, range: { first: 0, last }, replaced: 'file' };
}

function part(before: readonly string[], text: string, code: string): Written {
  const lines = linesOf(text);
  return { start: 0, end: before.length, lines, code, range: undefined, replaced: 'lines' };
}

function differences(old: readonly string[], now: readonly string[]): Splice[] {
  return changedBlocks(old, now).map(({ oldStart, oldEnd, newStart, newEnd }) => {
    return { start: oldStart, end: oldEnd, lines: now.slice(newStart, newEnd) };
  });
}

function run(splice: Splice): Written {
  const last = Math.max(0, splice.lines.length - 1);
  return { ...splice, code: splice.lines.join('\n'), range: { first: 0, last }, replaced: 'lines' };
}

function replaced(lines: readonly string[], replacement: TextReplacement): Written[] {
  const text = lines.join('\n');
  const { newText } = replacement;
  const oldText = removedText(text, replacement);
  // This is how an Edit creates a file.
  if (oldText === '') return text === '' ? [wholeText(lines, newText, codeOf(replacement))] : [];
  const ranges: { from: number; to: number; texts: string[] }[] = [];
  let at = text.indexOf(oldText);
  while (at !== -1) {
    const to = at + oldText.length;
    const last = ranges.at(-1);
    // Two places in one line are one splice.
    if (last !== undefined && !text.slice(last.to, at).includes('\n')) {
      last.texts.push(text.slice(last.to, at), newText);
      last.to = to;
    } else ranges.push({ from: at, to, texts: [newText] });
    if (!replacement.everywhere) break;
    at = text.indexOf(oldText, to);
  }
  const starts = lineStarts(lines);
  return ranges.map(({ from, to, texts }) =>
    written(lines, starts, { from, to, now: texts.join('') }, replacement),
  );
}

/** As Claude Code does: a text that is removed takes the end of its line with it. */
function removedText(text: string, { oldText, newText }: TextReplacement): string {
  const removesLine = newText === '' && !oldText.endsWith('\n') && text.includes(`${oldText}\n`);
  return removesLine ? `${oldText}\n` : oldText;
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly now: string;
}

function written(
  lines: readonly string[],
  starts: readonly number[],
  { from, to, now }: Range,
  replacement: TextReplacement,
): Written {
  const start = lineAt(starts, from);
  const last = lineAt(starts, to);
  const head = (lines[start] ?? '').slice(0, from - (starts[start] ?? 0));
  const { newText } = replacement;
  const leading = /^\n*/.exec(newText)?.[0].length ?? 0;
  const place = {
    code: codeOf(replacement),
    replaced: 'text' as const,
    range: { first: leading, last: newText.replace(/\n$/, '').split('\n').length - 1 },
  };
  // Whole lines took the place of whole lines: the one after them has no part in it.
  if (to === starts[last] && last > start && (now.endsWith('\n') || (now === '' && head === ''))) {
    const added = now === '' ? [] : (head + now.slice(0, -1)).split('\n');
    return { ...place, start, end: last, lines: added };
  }
  const tail = (lines[last] ?? '').slice(to - (starts[last] ?? 0));
  return { ...place, start, end: last + 1, lines: (head + now + tail).split('\n') };
}

/** Where each line begins in the joined text. */
function lineStarts(lines: readonly string[]): number[] {
  let at = 0;
  return lines.map((line) => {
    const start = at;
    at += line.length + 1;
    return start;
  });
}

/** The line that holds a character of the joined text. */
function lineAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
