import { randomEdit, reformatted } from './edits.ts';
import { editPayload, multiEditPayload } from './payloads.ts';
import { applied, SimulatedProject } from './simulated-project.ts';
import { textOf, writtenLines } from './world.ts';

/** What Claude and people do in a project, one method each. */
export class SimulatedHistory extends SimulatedProject {
  // What Claude does.

  create(): void {
    const path = this.newPath();
    this.begin();
    const lines = writtenLines(this.passages.take(10, 90), this.author());
    this.applyWrite(path, lines);
  }

  overwrite(path: string): void {
    this.begin();
    let lines = this.linesOf(path);
    for (let count = this.random.between(1, 3); count > 0; count -= 1) {
      lines = applied(lines, randomEdit(this.random, this.passages, lines, this.author()));
    }
    this.applyWrite(path, lines);
  }

  edit(path: string): void {
    this.begin();
    const edit = randomEdit(this.random, this.passages, this.linesOf(path), this.author());
    this.applyEdit(path, edit);
  }

  multiEdit(path: string): void {
    this.begin();
    const before = this.linesOf(path);
    const middle = Math.floor(before.length / 2);
    if (middle < 10) return;
    // In either half, so that they do not meet. The second first: its lines are not shifted then.
    const second = randomEdit(this.random, this.passages, before.slice(middle + 2), `${this.id}-0`);
    const shifted = { ...second, start: second.start + middle + 2, end: second.end + middle + 2 };
    const first = randomEdit(
      this.random,
      this.passages,
      before.slice(0, middle - 2),
      `${this.id}-1`,
    );
    if (shifted.lines.length === 0 || first.lines.length === 0) return;
    const between = applied(before, shifted);
    const inputs = [this.editInput(before, shifted), this.editInput(between, first)];
    const [one, other] = inputs;
    if (!one || !other) return;
    const after = applied(between, first);
    const shift = first.lines.length - (first.end - first.start);
    this.noteEdit(path, one, shift);
    this.noteEdit(path, other);
    this.files.set(path, after);
    const texts = { before: textOf(before), after: textOf(after) };
    this.send(
      multiEditPayload(
        this.session,
        path,
        texts,
        inputs.filter((input) => input !== undefined),
      ),
      [path],
    );
  }

  replaceAll(path: string): void {
    this.begin();
    const before = this.linesOf(path);
    const text = textOf(before);
    const words = [...new Set(text.match(/[A-Za-z_]\w{3,}/g))].filter((word) => {
      const count = text.split(word).length - 1;
      return count > 1 && count < 12;
    });
    const word = words[this.random.between(0, Math.max(0, words.length - 1))];
    if (word === undefined) return;
    const fresh = `${word}${this.random.hex(3)}`;
    let places = 0;
    const after = before.map((line, index) => {
      if (!line.text.includes(word)) return line;
      const author = `${this.id}-${places}`;
      places += 1;
      this.notePiece({
        author,
        path,
        startLine: index + 1,
        endLine: index + 1,
        replaced: [line.author],
      });
      return { text: line.text.replaceAll(word, fresh), author };
    });
    this.files.set(path, after);
    const texts = { before: text, after: textOf(after) };
    const input = { oldText: word, newText: fresh, everywhere: true };
    this.send(editPayload(this.session, path, texts, input), [path]);
  }

  remove(path: string): void {
    this.begin();
    const lines = this.linesOf(path);
    if (lines.length < 14) return;
    const start = this.random.between(0, lines.length - 6);
    this.applyEdit(path, { start, end: start + this.random.between(1, 5), lines: [] });
  }

  /** Takes lines from one file and puts them into another, in two Edits of either order. */
  moveAcross(from: string, to: string): void {
    const block = this.movableBlock(from);
    if (block === undefined || from === to) return;
    const [anchor, first] = [this.linesOf(to), this.random.between(0, 1) === 0];
    const at = this.random.between(0, Math.max(0, anchor.length - 1));
    const take = (): boolean => {
      this.begin();
      return this.applyEdit(from, { start: block.start, end: block.end, lines: [] });
    };
    const put = (): boolean => {
      this.begin();
      return this.applyEdit(to, {
        start: at,
        end: at + 1,
        lines: [...anchor.slice(at, at + 1), ...block.lines],
      });
    };
    const canPut = this.editInput(anchor, {
      start: at,
      end: at + 1,
      lines: [...anchor.slice(at, at + 1), ...block.lines],
    });
    const canTake = this.editInput(this.linesOf(from), {
      start: block.start,
      end: block.end,
      lines: [],
    });
    if (canPut === undefined || canTake === undefined) return;
    if (first) {
      take();
      put();
    } else {
      put();
      take();
    }
  }

  moveWithin(path: string): void {
    const moved = this.movedWithin(path);
    if (moved === undefined) return;
    this.begin();
    this.applyWrite(path, moved);
  }

  // What Claude does by commands.

  shellAppend(path: string): void {
    this.begin();
    const before = this.linesOf(path);
    const added = writtenLines(this.passages.take(2, 6), this.author());
    const after = [...before, ...added];
    this.notePiece({
      author: this.author(),
      path,
      startLine: before.length + 1,
      endLine: after.length,
      replaced: [],
    });
    this.runShell(`cat >> ${path} <<'EOF'\n${textOf(added)}EOF`, new Map([[path, after]]));
  }

  shellDelete(path: string): void {
    this.begin();
    const lines = this.linesOf(path);
    if (lines.length < 14) return;
    const start = this.random.between(0, lines.length - 4);
    const after = [...lines.slice(0, start), ...lines.slice(start + 2)];
    this.runShell(`sed -i '${start + 1},${start + 2}d' ${path}`, new Map([[path, after]]));
  }

  shellFormat(path: string): void {
    this.begin();
    this.runShell(
      `npx prettier --write ${path}`,
      new Map([[path, reformatted(this.random, this.linesOf(path))]]),
    );
  }

  shellMove(path: string): void {
    this.begin();
    const target = this.newPath();
    const lines = this.linesOf(path);
    this.runShell(
      `git mv ${path} ${target}`,
      new Map([
        [path, undefined],
        [target, lines],
      ]),
    );
    this.disturbed.set(target, 'renamed');
  }

  shellCopy(path: string): void {
    this.begin();
    const target = this.newPath();
    this.runShell(`cp ${path} ${target}`, new Map([[target, this.linesOf(path)]]));
  }

  shellRemove(path: string): void {
    this.begin();
    this.runShell(`rm ${path}`, new Map([[path, undefined]]));
  }

  /** Brings a file back to the last commit. */
  shellCheckout(path: string): void {
    const committed = this.committed.get(path);
    if (committed === undefined) return;
    this.begin();
    this.runShell(`git checkout -- ${path}`, new Map([[path, committed]]));
  }

  /** Puts all work aside, lets something else happen, and gets it back. */
  shellStash(meanwhile: () => void): void {
    const saved = new Map([...this.files].filter(([path]) => this.committed.has(path)));
    const changed = [...saved].filter(
      ([path, lines]) => textOf(lines) !== textOf(this.committed.get(path) ?? []),
    );
    if (changed.length === 0 || changed.length > 5) return;
    this.begin();
    this.runShell('git stash', new Map(changed.map(([path]) => [path, this.committed.get(path)])));
    meanwhile();
    if (
      changed.some(
        ([path]) => textOf(this.linesOf(path)) !== textOf(this.committed.get(path) ?? []),
      )
    )
      return;
    this.begin();
    this.runShell('git stash pop', new Map(changed));
  }

  // What people do, unseen.

  handEdit(path: string): void {
    this.changeUnseen(
      path,
      applied(this.linesOf(path), randomEdit(this.random, this.passages, this.linesOf(path), null)),
    );
  }

  handFormat(path: string): void {
    this.changeUnseen(path, reformatted(this.random, this.linesOf(path)));
  }

  handMoveWithin(path: string): void {
    const moved = this.movedWithin(path);
    if (moved !== undefined) this.changeUnseen(path, moved);
  }

  handMoveAcross(from: string, to: string): void {
    const block = this.movableBlock(from);
    if (block === undefined || from === to) return;
    const lines = this.linesOf(from);
    const target = this.linesOf(to);
    const at = this.random.between(0, target.length);
    this.changeUnseen(from, [...lines.slice(0, block.start), ...lines.slice(block.end)]);
    this.changeUnseen(to, [...target.slice(0, at), ...block.lines, ...target.slice(at)]);
  }

  handRename(path: string): string {
    const target = this.newPath();
    this.files.set(target, this.linesOf(path));
    this.files.delete(path);
    this.disturbed.set(target, 'renamed');
    return target;
  }

  handCheckout(path: string): void {
    const committed = this.committed.get(path);
    if (committed !== undefined && this.files.has(path)) this.changeUnseen(path, committed);
  }
}
