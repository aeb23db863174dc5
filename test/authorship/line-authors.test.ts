import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventOf } from '../../lib/authorship/author.ts';
import type { EventResult } from '../../lib/authorship/line-authors.ts';
import { LineAuthors } from '../../lib/authorship/line-authors.ts';
import { textChanges } from '../../lib/authorship/payload/text-change.ts';
import type { Piece } from '../../lib/authorship/piece.ts';
import { MemoryStore } from '../../lib/authorship/state/memory-store.ts';
import { asObject } from '../../lib/base/json.ts';
import type { JsonObject } from '../../lib/base/json.ts';
import { hookEventOf, parseHookEvent } from '../../lib/event/hook-event.ts';

const PROJECT = '/home/dev/project';

/** Feeds events to an engine of its own; each event's id is its `tool_use_id`. */
class Recording {
  readonly authors = new LineAuthors(new MemoryStore());
  readonly results = new Map<string, EventResult>();
  #at = 0;

  static of(fixture: string): Recording {
    const recording = new Recording();
    const lines = readFileSync(`test/fixtures/authorship/${fixture}.jsonl`, 'utf8').trim();
    for (const line of lines.split('\n')) recording.take(parseHookEvent(line).payload);
    return recording;
  }

  take(payload: JsonObject, at?: number): EventResult {
    this.#at += 1;
    const event = hookEventOf(payload);
    const { changes } = textChanges(event);
    const named = changes.map((change) => ({ ...change, path: resolve(PROJECT, change.path) }));
    const stamp = { id: event.toolUseId ?? '', at: at ?? this.#at };
    const result = this.authors.apply(stamp, named);
    if (event.name === 'PostToolUse') this.results.set(event.toolUseId ?? '', result);
    return result;
  }

  /** What a call wrote, for a person to read. */
  pieces(call: string): unknown[] {
    return (this.results.get(call)?.files ?? []).flatMap(({ path, pieces }) =>
      pieces.map((piece) => ({
        file: path,
        kind: piece.kind,
        lines: [piece.startLine, piece.endLine],
        changed: piece.changedLines,
        parents: parentsOf(piece),
      })),
    );
  }

  /** The events that wrote the lines of a text in a file; null for nobody. */
  blame(path: string, text: string): (string | null)[] {
    const lines = text.split('\n').length - 1;
    return this.authors
      .authorsOf(path, text)
      .slice(0, lines)
      .map((author) => author && eventOf(author));
  }
}

function parentsOf({ parents }: Piece): [string, number][] {
  return parents.map(({ author, share }) => [eventOf(author), Math.round(share * 1000) / 1000]);
}

function post(id: string, tool: string, input: JsonObject, response: JsonObject): JsonObject {
  return {
    session_id: 's',
    hook_event_name: 'PostToolUse',
    cwd: PROJECT,
    tool_name: tool,
    tool_use_id: id,
    tool_input: input,
    tool_response: response,
  };
}

function write(id: string, path: string, content: string, before: string | null): JsonObject {
  return post(
    id,
    'Write',
    { file_path: path, content },
    { type: before === null ? 'create' : 'update', filePath: path, content, originalFile: before },
  );
}

function edit(
  id: string,
  path: string,
  before: string | undefined,
  old: string,
  now: string,
): JsonObject {
  return post(
    id,
    'Edit',
    { file_path: path, old_string: old, new_string: now, replace_all: false },
    {
      filePath: path,
      ...(before === undefined ? {} : { originalFile: before }),
      structuredPatch: [],
    },
  );
}

function bash(id: string, command: string, files: readonly JsonObject[]): JsonObject {
  const changedFiles = files.map((file) => file['filePath'] ?? '');
  return post(id, 'Bash', { command }, { bashEditDiff: { files, moreFiles: 0, changedFiles } });
}

function shown(path: string, lines: readonly string[], more: JsonObject = {}): JsonObject {
  return { filePath: path, hunks: [{ oldStart: 1, newStart: 1, lines }], ...more };
}

describe('LineAuthors, with payloads that were recorded wrongly', () => {
  it('gives an Edit the parents of the lines that it changed, each with its share', () => {
    const recording = Recording.of('edit-over-two-fragments');
    const file = `${PROJECT}/s.js`;
    expect(recording.pieces('toolu_sp10')).toEqual([
      { file, kind: 'authored', lines: [2, 2], changed: [2], parents: [] },
    ]);
    expect(recording.pieces('toolu_sp12')).toEqual([
      {
        file,
        kind: 'authored',
        lines: [2, 5],
        changed: [2, 5],
        parents: [
          ['toolu_sp10', 0.5],
          ['toolu_sp11', 0.5],
        ],
      },
    ]);
    const text = 'function a() {\n  return c();\n}\nfunction b() {\n  return c();\n}\n';
    expect(recording.blame(file, text)).toEqual([
      null,
      'toolu_sp12',
      null,
      null,
      'toolu_sp12',
      null,
    ]);
  });

  it('gives an overwrite the parents of all lines that it took the place of', () => {
    const recording = Recording.of('overwrite');
    const file = `${PROJECT}/big.ts`;
    expect(recording.pieces('toolu_ow8')).toEqual([
      { file, kind: 'authored', lines: [1, 1], changed: [1], parents: [['toolu_ow7', 1]] },
    ]);
    expect(recording.pieces('toolu_ow9')).toEqual([
      {
        file,
        kind: 'authored',
        lines: [1, 31],
        changed: [31],
        parents: [
          ['toolu_ow7', 0.967],
          ['toolu_ow8', 0.033],
        ],
      },
    ]);
  });

  it.each([
    ['tabs', 'toolu_t1', '/home/dev/alpha/Makefile', [3, 4], [4]],
    ['long-context', 'toolu_ctx0', `${PROJECT}/a.txt`, [1, 12], [12]],
  ])('finds the lines of an Edit without its diff: %s', (fixture, call, file, lines, changed) => {
    expect(Recording.of(fixture).pieces(call)).toEqual([
      { file, kind: 'authored', lines, changed, parents: [] },
    ]);
  });

  it('finds the one line that an Edit changed among those that it quotes', () => {
    for (const [fixture, lines] of [
      ['mostly-context', [1, 5, 5]],
      ['tabs-in-one-line', [2, 2, 2]],
    ] as const) {
      const { results } = Recording.of(fixture);
      const [piece] = [...results.values()].at(-1)?.files[0]?.pieces ?? [];
      expect([piece?.startLine, piece?.endLine, ...(piece?.changedLines ?? [])]).toEqual(lines);
    }
  });

  it('keeps the author of a line that a formatter changed', () => {
    expect(Recording.of('formatter-between').pieces('toolu_fm16')).toMatchObject([
      { lines: [1, 1], parents: [['toolu_fm15', 1]] },
    ]);
  });

  it('keeps the authors of what is left after a deletion', () => {
    const recording = Recording.of('deletion');
    expect(recording.results.get('toolu_2')?.files[0]).toMatchObject({
      pieces: [],
      removed: { lines: ['beta();'], authors: ['toolu_1-0'] },
    });
    expect(recording.pieces('toolu_3')).toMatchObject([
      { lines: [1, 2], parents: [['toolu_1', 1]] },
    ]);
  });

  it('finds a file again that was renamed by hand', () => {
    expect(Recording.of('human-rename').pieces('toolu_hr14')).toMatchObject([
      { file: `${PROJECT}/y.ts`, lines: [2, 2], parents: [['toolu_hr13', 1]] },
    ]);
  });

  it('takes the authors along when a command moves a file', () => {
    const recording = Recording.of('mv');
    expect(recording.pieces('toolu_mv4')).toMatchObject([
      { kind: 'moved', file: `${PROJECT}/new.ts` },
    ]);
    expect(recording.pieces('toolu_mv5')).toMatchObject([
      { kind: 'authored', lines: [2, 2], parents: [['toolu_mv3', 1]] },
    ]);
    expect(recording.results.get('toolu_mvdel6')?.files).toMatchObject([
      { path: `${PROJECT}/gone.ts`, pieces: [], removed: { lines: ['x'] } },
    ]);
  });

  it("calls nothing Claude's that a command moved or brought back", () => {
    const recording = Recording.of('bash-moves-and-many');
    const file = (name: string): string => `/home/dev/alpha/${name}`;
    expect(recording.pieces('toolu_mv')).toMatchObject([{ kind: 'moved', file: file('moved.ts') }]);
    expect(recording.blame(file('moved.ts'), 'const byUser = 1;\n')).toEqual([null]);
    expect(recording.pieces('toolu_co')).toMatchObject([{ kind: 'restored', lines: [2, 2] }]);
    expect(recording.blame(file('a.ts'), 'a\nthe user wrote this\nc\n')).toEqual([
      null,
      null,
      null,
    ]);
    const checkout = Recording.of('git-checkout');
    expect(checkout.pieces('toolu_co2')).toMatchObject([{ kind: 'restored' }]);
    const text = 'def by_a_human():\n    return 1\n';
    expect(checkout.blame(`${PROJECT}/human.py`, text)).toEqual([null, null]);
  });

  it('knows of the files of a command those that are shown', () => {
    const { results, ...recording } = Recording.of('bash-moves-and-many');
    expect(recording).toBeDefined();
    expect(results.get('toolu_many')?.files.map(({ path }) => path)).toHaveLength(5);
  });

  it('knows a file by all its names, and two files of one name apart', () => {
    const one = Recording.of('three-names');
    expect(one.pieces('toolu_n3')).toMatchObject([
      { file: '/home/dev/alpha/a.ts', parents: [['toolu_n2', 1]] },
    ]);
    const two = Recording.of('relative-path');
    expect(two.pieces('toolu_b1')).toMatchObject([
      { file: '/home/dev/beta/src/index.ts', parents: [] },
    ]);
  });
});

describe('LineAuthors', () => {
  const file = `${PROJECT}/a.ts`;
  const first = 'const alpha = compute(1);\nconst beta = compute(2);\nconst gamma = compute(3);\n';

  it('counts a replacement everywhere once a line', () => {
    const recording = new Recording();
    const before = 'one two one\nthree\none\n';
    const payload = edit('e', file, before, 'one', 'ONE');
    const input = { ...asObject(payload['tool_input']), replace_all: true };
    recording.take({ ...payload, tool_input: input });
    expect(recording.pieces('e')).toMatchObject([{ lines: [1, 1] }, { lines: [3, 3] }]);
    expect(recording.blame(file, 'ONE two ONE\nthree\nONE\n')).toEqual(['e', null, 'e']);
  });

  it('replaces by position, whatever the new text looks like', () => {
    const recording = new Recording();
    recording.take(edit('e', file, 'price\nother\n', 'price', "$& $1 $'"));
    expect(recording.blame(file, "$& $1 $'\nother\n")).toEqual(['e', null]);
  });

  it('follows the edits of a MultiEdit one after the other', () => {
    const recording = new Recording();
    recording.take(write('w', file, first, null));
    recording.take(
      post(
        'm',
        'MultiEdit',
        {
          file_path: file,
          edits: [
            { old_string: 'compute(3)', new_string: 'compute(33)' },
            { old_string: 'const alpha', new_string: 'const zero = 0;\nconst alpha' },
          ],
        },
        { filePath: file, originalFile: first },
      ),
    );
    expect(recording.pieces('m')).toMatchObject([
      { lines: [4, 4], changed: [4], parents: [['w', 1]] },
      { lines: [1, 2], changed: [1], parents: [['w', 1]] },
    ]);
  });

  it('tells the parents of a cell by the lines of the cell before', () => {
    const notebook = (...sources: string[]): string =>
      JSON.stringify({ cells: sources.map((source) => ({ cell_type: 'code', source })) });
    const path = `${PROJECT}/n.ipynb`;
    const recording = new Recording();
    recording.take(write('w', path, notebook('import os\n', 'print(1)\n'), null));
    recording.take(
      post(
        'n',
        'NotebookEdit',
        { notebook_path: path, cell_id: 'c', new_source: 'print(2)\n', edit_mode: 'replace' },
        {
          notebook_path: path,
          old_source: 'print(1)\n',
          original_file: notebook('import os\n', 'print(1)\n'),
          updated_file: notebook('import os\n', 'print(2)\n'),
        },
      ),
    );
    expect(recording.pieces('n')).toMatchObject([
      { lines: [null, null], kind: 'authored', parents: [['w', 1]] },
    ]);
  });

  it('finds the place of an Edit of a file too large to be sent', () => {
    const recording = new Recording();
    const payload = edit('e', file, undefined, '\tb();\n\tc();\n\td();', '\tb();\n\tc();\n\tD();');
    const lines = [' \t// x', '   c();', '-  d();', '+  D();', '   e();'];
    const response = { filePath: file, structuredPatch: [{ oldStart: 41, newStart: 41, lines }] };
    recording.take({ ...payload, tool_response: response });
    expect(recording.pieces('e')).toMatchObject([{ lines: [41, 43], changed: [43] }]);
  });

  it('keeps the authors of a passage that a person moved to another file', () => {
    const recording = new Recording();
    const other = `${PROJECT}/b.ts`;
    recording.take(write('w', file, `${first}export const rest = [alpha];\n`, null));
    const text = `import './setup.ts';\n${first}`;
    recording.take(edit('e', other, text, './setup.ts', './start.ts'));
    expect(recording.blame(other, text.replace('setup', 'start'))).toEqual(['e', 'w', 'w', 'w']);
  });

  it("does not call a licence, imports or a line alone Claude's because Claude wrote the same in another file", () => {
    const common = `/*
   This library is free software; you can redistribute it
   under the terms of the Lesser General Public License.
 */
// Copyright of somebody, who reserves all rights
import { readFileSync, writeFileSync } from 'node:fs';
import {
  firstOfTheNames,
  secondOfTheNames,
} from '../names-that-all-need.ts';
`;
    const recording = new Recording();
    recording.take(
      write('t1', 'one.ts', `${common}export const one = readFileSync('one');\n`, null),
    );
    const human = `${common}export function two(value: number) {\n  return value + 1;\n}\n`;
    recording.take(edit('t2', 'two.ts', human, 'value + 1', 'value + 222'));
    const after = human.replace('+ 1', '+ 222');
    expect(recording.blame('two.ts', after)).toEqual([...Array<null>(11).fill(null), 't2', null]);

    // Nor if a person adds it to a known file.
    expect(
      recording.blame('two.ts', `export const one = readFileSync('one');\n${after}`)[0],
    ).toBeNull();

    // Nor does what Claude wrote become a person's when a file of theirs goes that had the same.
    const gone = `${common}export const three = 3;\n`;
    recording.take(write('t3', 'three.ts', 'export const three = 4;\n', gone));
    const one = `${common}export const one = readFileSync('one');\n`;
    expect(recording.blame('one.ts', one)).toEqual(Array<string>(11).fill('t1'));
  });

  it("does not call a passage of a person Claude's that Claude moved to another file", () => {
    const takes = edit('take', file, `${first}export {};\n`, first, '');
    const puts = edit('put', `${PROJECT}/b.ts`, '// b\n', '// b\n', `// b\n${first}`);
    for (const order of [
      [takes, puts],
      [puts, takes],
    ]) {
      const recording = new Recording();
      for (const payload of order) recording.take(payload);
      expect(recording.blame(`${PROJECT}/b.ts`, `// b\n${first}`)).toEqual([
        null,
        null,
        null,
        null,
      ]);
    }
  });

  it('brings the authors of an earlier text back with it', () => {
    const recording = new Recording();
    recording.take(write('w', file, first, null));
    recording.take(edit('e', file, first, 'const beta = compute(2);', 'const other = 5;'));
    const back = ['-const other = 5;', '+const beta = compute(2);'];
    recording.take(
      bash('c', 'git checkout -- a.ts', [
        shown(file, [' const alpha = compute(1);', ...back, ' const gamma = compute(3);']),
      ]),
    );
    expect(recording.pieces('c')).toMatchObject([{ kind: 'restored' }]);
    expect(recording.blame(file, first)).toEqual(['w', 'w', 'w']);
  });

  it.each([
    ['node scripts/copy.js', first],
    ['cp a.ts copy.ts', first],
    // Shorter than what proves that a part of a file was copied.
    ['cp a.ts copy.ts', "export const one = read('x');\nexport const two = read('y');\n"],
    ['cp a.ts copy.ts', 'export const alone = compute();\n'],
  ])('gives a copy by %s the authors of what was copied', (command, text) => {
    const recording = new Recording();
    recording.take(write('w', file, text, null));
    const copy = `${PROJECT}/copy.ts`;
    const lines = text.trimEnd().split('\n');
    const added = lines.map((line) => `+${line}`);
    recording.take(bash('c', command, [shown(copy, added, { created: true })]));
    expect(recording.blame(copy, text)).toEqual(lines.map(() => 'w'));
  });

  it('tells what a command changed in a file that it moved', () => {
    const recording = new Recording();
    const moved = `${PROJECT}/z.ts`;
    const lines = first.trimEnd().split('\n');
    const now = lines.map((line) => line.replace('beta = compute(2)', 'delta = invented(22)'));
    const command = "git mv a.ts z.ts && sed -i 's/beta = compute(2)/delta = invented(22)/' z.ts";
    recording.take(
      bash('m', command, [
        shown(
          file,
          lines.map((line) => `-${line}`),
          { deleted: true },
        ),
        shown(
          moved,
          now.map((line) => `+${line}`),
          { created: true },
        ),
      ]),
    );
    expect(recording.blame(moved, `${now.join('\n')}\n`)).toEqual([null, 'm', null]);
  });

  it('tells the same whatever the order of arrival', () => {
    const second = first.replace('compute(2)', 'compute(22)');
    const third = second.replace('const gamma', 'let gamma');
    const events = [
      write('w', file, first, null),
      edit('e', file, first, 'compute(2)', 'compute(22)'),
      edit('f', file, second, 'const gamma', 'let gamma'),
      edit('g', file, third, 'compute(22);\nlet gamma', 'compute(4);\nlet delta'),
    ];
    const text = third.replace('22', '4').replace('let gamma', 'let delta');
    for (const order of permutations(events.map((payload, at) => ({ payload, at })))) {
      const recording = new Recording();
      const parents = new Map<string, unknown>();
      for (const { payload, at } of order) {
        const { files, revised } = recording.take(payload, at);
        for (const piece of files.flatMap(({ pieces }) => pieces))
          parents.set(piece.author, piece.parents);
        for (const revision of revised) parents.set(revision.author, revision.parents);
      }
      expect(recording.blame(file, text)).toEqual(['w', 'g', 'g']);
      expect(Object.fromEntries(parents)).toEqual({
        'w-0': [],
        'e-0': [{ author: 'w-0', share: 1 }],
        'f-0': [{ author: 'w-0', share: 1 }],
        'g-0': [
          { author: 'e-0', share: 0.5 },
          { author: 'f-0', share: 0.5 },
        ],
      });
    }
  });

  it('follows a file whose moves came before what was written to it', () => {
    const lines = first.trimEnd().split('\n');
    const move = (id: string, from: string, to: string): JsonObject =>
      bash(id, `mv ${from} ${to}`, [
        shown(
          from,
          lines.map((line) => `-${line}`),
          { deleted: true },
        ),
        shown(
          to,
          lines.map((line) => `+${line}`),
          { created: true },
        ),
      ]);
    const events = [
      write('w', '/p/one.ts', first, null),
      move('m', '/p/one.ts', '/p/two.ts'),
      move('n', '/p/two.ts', '/p/three.ts'),
    ];
    for (const order of permutations(events.map((payload, at) => ({ payload, at })))) {
      const recording = new Recording();
      for (const { payload, at } of order) recording.take(payload, at);
      expect(recording.blame('/p/three.ts', first)).toEqual(['w', 'w', 'w']);
    }
  });

  it('tells what was written to a file that is too large to be kept, and forgets it', () => {
    const recording = new Recording();
    const large = 'a line of a large file\n'.repeat(60_000);
    recording.take(write('w', file, first, null));
    const { files } = recording.take(edit('e', file, `begin\n${large}`, 'begin', 'start'));
    expect(files).toMatchObject([{ isKept: false, pieces: [{ startLine: 1, endLine: 1 }] }]);
    expect(recording.authors.authorsOf(file, 'x();\n')).toEqual([null, null]);
  });

  it('does not follow a diff of a place that no file has', () => {
    const recording = new Recording();
    const hunks = [{ oldStart: 1e9, newStart: 1e9, lines: ['-a', '+b'] }];
    const payload = bash('e', 'make', [{ filePath: file, hunks }]);
    expect(recording.take(payload).files).toEqual([]);
    expect(textChanges(hookEventOf(payload)).others).toEqual([
      { filePath: file, change: 'changed' },
    ]);
  });

  it('follows a replacement in very many places', () => {
    const recording = new Recording();
    const payload = edit('e', file, 'a\n'.repeat(20_000), 'a', 'b');
    const input = { ...asObject(payload['tool_input']), replace_all: true };
    const { files } = recording.take({ ...payload, tool_input: input });
    expect(files[0]?.pieces).toHaveLength(100);
    expect(new Set(recording.blame(file, 'b\n'.repeat(20_000)))).toEqual(new Set(['e']));
  });

  it('takes any payload without an error', () => {
    const recording = new Recording();
    for (const tool of ['Write', 'Edit', 'MultiEdit', 'NotebookEdit', 'Bash']) {
      for (const value of [
        null,
        1,
        'x',
        [],
        {},
        [null],
        { files: [{ filePath: 'a', hunks: [1] }] },
      ]) {
        const odd = { file_path: value, content: value, edits: value, command: value };
        recording.take(post('o', tool, odd, { bashEditDiff: value, structuredPatch: value }));
        recording.take(post('o', tool, { file_path: '/x', old_string: '', new_string: '' }, {}));
      }
    }
    expect(recording.results.get('o')?.files).toBeDefined();
  });
});

function permutations<T>(values: readonly T[]): T[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((value, index) =>
    permutations(values.filter((_, other) => other !== index)).map((rest) => [value, ...rest]),
  );
}
