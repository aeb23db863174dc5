import type { JsonObject } from '../../../lib/base/json.ts';
import type { Random } from '../../bench/measure/random.ts';
import type { LineEdit } from './edits.ts';
import { bashPayload, editPayload, writePayload } from './payloads.ts';
import type { EditInput } from './payloads.ts';
import type { Passages } from './source-samples.ts';
import { byHand, textOf } from './world.ts';
import type { Files, TrueLine, TruePiece } from './world.ts';

/** An event with the time at which it happened. */
export interface SimulatedEvent {
  readonly id: string;
  readonly at: number;
  readonly payload: JsonObject;
}

const FOLDER = '/home/dev/project';

/**
 * A project in which Claude and people work. It knows who wrote each line, and what hooks would be sent; what
 * can happen in it is in `SimulatedHistory`.
 */
export class SimulatedProject {
  readonly files: Files = new Map();
  readonly events: SimulatedEvent[] = [];
  readonly pieces: TruePiece[] = [];
  protected readonly random: Random;
  protected readonly passages: Passages;
  protected readonly extension: string;
  protected readonly committed: Files = new Map();
  protected readonly disturbed = new Map<string, TruePiece['disturbed']>();
  protected names = 0;
  protected id = '';
  protected written = 0;
  session = 'session-1';
  /** False: Edits come without `originalFile`, as for very large files. */
  withOriginal = true;

  constructor(random: Random, passages: Passages, extension: string) {
    this.random = random;
    this.passages = passages;
    this.extension = extension;
  }

  /** A file that was there before Claude came. */
  addFile(): string {
    const path = this.newPath();
    this.files.set(path, byHand(this.passages.take(20, 110)));
    return path;
  }

  anyPath(): string | undefined {
    const paths = [...this.files.keys()];
    return paths.length === 0 ? undefined : paths[this.random.between(0, paths.length - 1)];
  }

  commit(): void {
    this.committed.clear();
    for (const [path, lines] of this.files) this.committed.set(path, lines);
  }

  protected newPath(): string {
    this.names += 1;
    return `${FOLDER}/src/part-${this.names}${this.extension}`;
  }

  protected linesOf(path: string): readonly TrueLine[] {
    return this.files.get(path) ?? [];
  }

  protected begin(): void {
    this.id = this.random.hex(32);
    this.written = 0;
  }

  /** Of what the event writes; one piece each, but for MultiEdit and replace_all. */
  protected author(): string {
    return `${this.id}-0`;
  }

  protected changeUnseen(path: string, lines: readonly TrueLine[]): void {
    if (textOf(lines) === textOf(this.linesOf(path))) return;
    this.files.set(path, lines);
    if (this.disturbed.get(path) !== 'renamed') this.disturbed.set(path, 'yes');
  }

  protected applyWrite(path: string, lines: readonly TrueLine[]): void {
    const before = this.files.get(path);
    this.notePiece({
      author: this.author(),
      path,
      startLine: 1,
      endLine: lines.length,
      replaced: (before ?? []).map(({ author }) => author),
    });
    this.files.set(path, lines);
    const old = before === undefined ? null : textOf(before);
    this.send(writePayload(this.session, path, old, textOf(lines)), [path]);
  }

  protected applyEdit(path: string, edit: LineEdit): boolean {
    const before = this.linesOf(path);
    const input = this.editInput(before, edit);
    if (input === undefined) return false;
    if (edit.lines.length > 0) this.noteEdit(path, input);
    const after = applied(before, edit);
    this.files.set(path, after);
    const texts = { before: textOf(before), after: textOf(after) };
    this.send(editPayload(this.session, path, texts, input, this.withOriginal), [path]);
    return true;
  }

  /** The strings of an Edit: with so many lines around that the old one is there once. Undefined if that is too many. */
  protected editInput(
    before: readonly TrueLine[],
    edit: LineEdit,
  ): (EditInput & PlacedEdit) | undefined {
    const text = textOf(before);
    for (let around = 0; around < 8; around += 1) {
      const start = Math.max(0, edit.start - Math.ceil(around / 2));
      const end = Math.min(before.length, edit.end + Math.floor(around / 2));
      const lines = [
        ...before.slice(start, edit.start),
        ...edit.lines,
        ...before.slice(edit.end, end),
      ];
      const removes = lines.length === 0;
      const oldText = textOf(before.slice(start, end)).slice(0, removes ? undefined : -1);
      const newText = textOf(lines).slice(0, -1);
      const isOnce = oldText.trim() !== '' && text.indexOf(oldText) === text.lastIndexOf(oldText);
      if (!isOnce || oldText === newText || (!removes && newText.trim() === '')) continue;
      return { oldText, newText, start, quoted: before.slice(start, end), lines };
    }
    return undefined;
  }

  protected noteEdit(path: string, input: EditInput & PlacedEdit, shift = 0): void {
    const kept = new Set(input.lines);
    const changed = input.quoted.filter((line) => !kept.has(line));
    const leading = /^\n*/.exec(input.newText)?.[0].length ?? 0;
    const lines = input.newText.replace(/\n$/, '').split('\n').length;
    this.notePiece({
      author: `${this.id}-${this.written}`,
      path,
      startLine: input.start + 1 + leading + shift,
      endLine: input.start + lines + shift,
      replaced: (changed.length > 0 ? changed : input.quoted).map(({ author }) => author),
    });
  }

  protected notePiece(piece: Omit<TruePiece, 'disturbed'>): void {
    this.written += 1;
    this.pieces.push({ ...piece, disturbed: this.disturbed.get(piece.path) ?? 'no' });
  }

  protected runShell(
    command: string,
    after: ReadonlyMap<string, readonly TrueLine[] | undefined>,
  ): void {
    const shown = [...after].flatMap(([path, lines]) => {
      const before = this.files.get(path);
      if (lines === undefined) this.files.delete(path);
      else this.files.set(path, lines);
      const texts = { before: before && textOf(before), after: lines && textOf(lines) };
      if (texts.before === texts.after) return [];
      return [{ path, before: texts.before ?? null, after: texts.after ?? null }];
    });
    this.send(bashPayload(this.session, command, shown), [...after.keys()]);
  }

  protected send(payload: JsonObject, paths: readonly string[]): void {
    for (const path of paths) this.disturbed.delete(path);
    this.events.push({ id: this.id, at: 1_700_000_000_000 + this.events.length * 1000, payload });
  }

  /** Some lines of a file that are worth moving. */
  protected movableBlock(
    path: string,
  ): (LineEdit & { readonly lines: readonly TrueLine[] }) | undefined {
    const lines = this.linesOf(path);
    if (lines.length < 24) return undefined;
    const length = this.random.between(4, 12);
    const start = this.random.between(0, lines.length - length - 1);
    const block = lines.slice(start, start + length);
    const telling = block.filter(({ text }) => text.trim().length > 9).length;
    return telling < 3 ? undefined : { start, end: start + length, lines: block };
  }

  protected movedWithin(path: string): readonly TrueLine[] | undefined {
    const block = this.movableBlock(path);
    if (block === undefined) return undefined;
    const lines = this.linesOf(path);
    const rest = [...lines.slice(0, block.start), ...lines.slice(block.end)];
    const at = this.random.between(0, rest.length);
    return [...rest.slice(0, at), ...block.lines, ...rest.slice(at)];
  }
}

/** Where an Edit's strings stand. */
export interface PlacedEdit {
  readonly start: number;
  readonly quoted: readonly TrueLine[];
  readonly lines: readonly TrueLine[];
}

export function applied(
  lines: readonly TrueLine[],
  { start, end, lines: added }: LineEdit,
): readonly TrueLine[] {
  return [...lines.slice(0, start), ...added, ...lines.slice(end)];
}
