// What is recorded of the code that tool calls write: where, in which language, as what.
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_PLACES_PER_EDIT } from '../../lib/authorship/apply-text-change.ts';
import { MAX_PIECES_PER_EVENT } from '../../lib/authorship/event-changes.ts';
import { LineAuthors } from '../../lib/authorship/line-authors.ts';
import { textChanges } from '../../lib/authorship/payload/text-change.ts';
import { MemoryStore } from '../../lib/authorship/state/memory-store.ts';
import type { Json, JsonObject } from '../../lib/base/json.ts';
import { hookEventOf } from '../../lib/event/hook-event.ts';
import { TestStore } from '../delivery/test-store.ts';
import type { Payload } from '../delivery/test-store.ts';

const PAYLOADS = new URL('../fixtures/payloads/', import.meta.url);

const files = ['', 'v2.0.76/', 'v1.0.60/'].flatMap((folder) =>
  readdirSync(new URL(folder, PAYLOADS))
    .filter((name) => name.endsWith('.json'))
    .map((name) => folder + name),
);

let store: TestStore;
beforeEach(() => (store = new TestStore()));
afterEach(() => store.remove());

interface Row {
  readonly file_path: string;
  readonly start_line: number | null;
  readonly end_line: number | null;
  readonly language: string;
  readonly code: string;
}

/** What an event wrote, each piece in one line: file:lines language code. */
function written(payload: Payload): string[] {
  store.remove();
  store = new TestStore();
  expect(store.take(payload)).toEqual([]);
  const rows = store.rows<Row>(
    `SELECT o.file_path, o.start_line, o.end_line, o.language, p.code
     FROM occurrences o JOIN patterns p ON p.id = o.pattern_id ORDER BY ordinal`,
  );
  return rows.map(({ file_path, start_line, end_line, language, code }) =>
    `${file_path}:${start_line ?? '?'}-${end_line ?? '?'} ${language} ${JSON.stringify(code)}`.replaceAll(
      /[^\x20-\x7e]/g, // no sign in this file that turns the others round
      (char) => `U+${char.charCodeAt(0).toString(16)}`,
    ),
  );
}

function call(
  tool_name: string,
  tool_input: JsonObject,
  tool_response: Json = {},
  more: JsonObject = {},
): JsonObject {
  return {
    session_id: 's',
    hook_event_name: 'PostToolUse',
    cwd: '/w',
    tool_name,
    tool_use_id: 't',
    tool_input,
    tool_response,
    ...more,
  };
}

const writtenBy = (...args: Parameters<typeof call>): string[] => written(call(...args));

describe('the code in the real payloads', () => {
  it('finds in each of them the code that was written', () => {
    const table = files.flatMap((file) => {
      const payload = JSON.parse(readFileSync(new URL(file, PAYLOADS), 'utf8')) as Payload;
      return written(payload).map(
        (piece) => `${file.replace('.json', '')} | ${piece.replaceAll('/home/dev/project/', '')}`,
      );
    });
    expect(files).toHaveLength(133);
    expect(table).toMatchInlineSnapshot(`
      [
        "post-tool-use.bash-writes-files | made-by-bash.txt:1-1 text "from-bash\\n"",
        "post-tool-use.bash-writes-files | sub/copy.txt:1-1 text "from-bash\\n"",
        "post-tool-use.edit-replace-all | existing.txt:1-1 text "LINE"",
        "post-tool-use.edit-replace-all | existing.txt:2-2 text "LINE"",
        "post-tool-use.edit-replace-all | existing.txt:3-3 text "LINE"",
        "post-tool-use.edit | existing.txt:2-2 text "line two new"",
        "post-tool-use.notebook-edit | nb.ipynb:?-? python "print(2)\\n"",
        "post-tool-use.write-in-subagent | by-subagent.txt:1-1 text "sub\\n"",
        "post-tool-use.write-overwrite | existing.txt:1-3 text "completely\\nnew\\ncontent\\n"",
        "post-tool-use.write-unicode | uni U+e9 U+d83cU+df0d.txt:1-2 text "hU+e9llo U+d83cU+df0d U+2028 tab\\t cr\\r\\n nul[\\u0000] esc[\\u001b[31m] del[U+7f] rtl U+202e lone[U+fffd] \\"q\\" \\\\ end\\n"",
        "post-tool-use.write | src/hello.js:1-1 javascript "export const hello = () => \\"hi\\";\\n"",
        "v2.0.76/post-tool-use.edit | existing.txt:2-2 text "line two new"",
        "v2.0.76/post-tool-use.write | src/hello.js:1-1 javascript "hi\\n"",
        "v1.0.60/post-tool-use.edit | existing.txt:2-2 text "line two new"",
        "v1.0.60/post-tool-use.multi-edit | existing.txt:1-1 text "ONE"",
        "v1.0.60/post-tool-use.multi-edit | existing.txt:3-3 text "THREE"",
        "v1.0.60/post-tool-use.write | src/hello.js:1-1 javascript "hi\\n"",
      ]
    `);
  });
});

describe('Write', () => {
  it.each([
    ['a', 1],
    ['a\n', 1],
    ['a\nb', 2],
    ['a\r\nb\r\n', 2],
    ['a\n\n', 2],
  ])('counts the lines of %j', (content, endLine) => {
    expect(writtenBy('Write', { file_path: '/w/a.ts', content })).toEqual([
      `/w/a.ts:1-${endLine} typescript ${JSON.stringify(content)}`,
    ]);
  });

  it('takes the language of a file without extension from its first line', () => {
    expect(writtenBy('Write', { file_path: '/w/run', content: '#!/bin/sh\n' })).toEqual([
      String.raw`/w/run:1-1 shell "#!/bin/sh\n"`,
    ]);
  });

  it.each(['', ' \n\t', '\x1c\x85'])('makes nothing of %j', (content) => {
    expect(writtenBy('Write', { file_path: '/w/a.ts', content })).toEqual([]);
  });

  it('has a notebook as it is, whose cells have authors', () => {
    const notebook = JSON.stringify({ cells: [{ source: ['x = 1\n', 'y = 2'] }] });
    expect(writtenBy('Write', { file_path: '/w/n.ipynb', content: notebook })).toHaveLength(1);
    expect(store.value('SELECT code FROM patterns')).toBe(notebook);
    const edit = { notebook_path: '/w/n.ipynb', new_source: 'x = 3' };
    store.take(
      call(
        'NotebookEdit',
        edit,
        { edit_mode: 'replace', old_source: 'x = 1\ny = 2' },
        { tool_use_id: 'e' },
      ),
    );
    expect(store.value("SELECT action FROM occurrences WHERE tool_use_id = 'e'")).toBe('modified');
  });
});

describe('Edit', () => {
  const edit = { file_path: '/w/a.ts', old_string: 'x', new_string: 'y' };
  const patch = (...lines: string[]) => ({ structuredPatch: [{ newStart: 5, lines }] });

  it('makes one piece without replace_all, at the first place', () => {
    expect(writtenBy('Edit', edit, patch('-x', '+y'))).toEqual(['/w/a.ts:5-5 typescript "y"']);
  });

  it.each([
    ['the input', { ...edit, replace_all: true }, {}],
    ['the response', edit, { replaceAll: true }],
  ])('makes one for each place when %s says replace_all', (_name, input, response) => {
    expect(
      writtenBy('Edit', input, { ...patch('-x', '+y', ' -', '-x', '+y'), ...response }),
    ).toEqual(['/w/a.ts:5-5 typescript "y"', '/w/a.ts:7-7 typescript "y"']);
  });

  it('bounds the places of one edit', () => {
    const originalFile = 'x\n'.repeat(500);
    expect(writtenBy('Edit', { ...edit, replace_all: true }, { originalFile })).toHaveLength(
      MAX_PLACES_PER_EDIT,
    );
  });

  it.each([false, true])(
    'makes one without lines when nothing tells where it stands (all: %s)',
    (all) => {
      expect(writtenBy('Edit', { ...edit, replace_all: all })).toEqual([
        '/w/a.ts:?-? typescript "y"',
      ]);
    },
  );

  it('makes a whole file of an edit that replaces nothing', () => {
    expect(writtenBy('Edit', { ...edit, old_string: '' })).toEqual(['/w/a.ts:1-1 typescript "y"']);
  });

  it('makes nothing of a deletion', () => {
    expect(writtenBy('Edit', { ...edit, new_string: '' }, patch('-x'))).toEqual([]);
  });
});

describe('MultiEdit', () => {
  it('gives an edit that a later one undid no lines', () => {
    const edits = [
      { old_string: 'a', new_string: 'b' },
      { old_string: 'b', new_string: 'c' },
      { old_string: 'x' },
      'nonsense',
    ];
    const response = { structuredPatch: [{ newStart: 1, lines: ['-a', '+c'] }] };
    expect(writtenBy('MultiEdit', { file_path: '/w/a.py', edits }, response)).toEqual([
      '/w/a.py:?-? python "b"',
      '/w/a.py:1-1 python "c"',
    ]);
  });

  it('creates a file, and goes on in it', () => {
    const edits = [
      { old_string: '', new_string: 'a\nb\n' },
      { old_string: 'b', new_string: 'c' },
    ];
    expect(writtenBy('MultiEdit', { file_path: '/w/a.py', edits }, { originalFile: null })).toEqual(
      [String.raw`/w/a.py:1-2 python "a\nb\n"`, '/w/a.py:2-2 python "c"'],
    );
  });

  it('bounds the pieces of one event', () => {
    const edits = Array.from({ length: 3000 }, () => ({ old_string: 'a', new_string: 'b' }));
    expect(writtenBy('MultiEdit', { file_path: '/w/a.py', edits })).toHaveLength(
      MAX_PIECES_PER_EVENT,
    );
  });
});

describe('NotebookEdit', () => {
  const input = { notebook_path: '/w/n.ipynb', new_source: 'x = 1' };

  it.each([
    [
      'a replaced cell',
      { edit_mode: 'replace', old_source: 'x = 0', language: 'python' },
      'python "x = 1"',
    ],
    ['an inserted cell', { edit_mode: 'insert', old_source: 'x = 0', language: 'R' }, 'r "x = 1"'],
    ['a cell that was empty', { edit_mode: 'replace', old_source: '' }, 'unknown "x = 1"'],
    ['a cell of prose', { cell_type: 'markdown', language: 'python' }, 'markdown "x = 1"'],
  ])('takes %s', (_name, response, text) => {
    expect(writtenBy('NotebookEdit', input, response)).toEqual([`/w/n.ipynb:?-? ${text}`]);
  });

  it.each([{ edit_mode: 'delete' }, { error: 'no such cell' }])(
    'makes nothing of %j',
    (response) => {
      expect(writtenBy('NotebookEdit', input, response)).toEqual([]);
    },
  );
});

describe('Bash', () => {
  const diffOf = (file: JsonObject) => ({ bashEditDiff: { files: [file] } });

  it('makes one piece of each run of changed lines', () => {
    const hunk = {
      newStart: 10,
      lines: [
        ' a',
        '-b',
        '-c',
        '+B',
        '+C\r',
        ' d',
        '+e',
        ' f',
        '-g',
        ' h',
        '\\ No newline at end of file',
      ],
    };
    const last = { newStart: 90, lines: ['-x', '\\ No newline at end of file', '+y'] };
    const file = { filePath: '/w/a.go', hunks: [hunk, last] };
    expect(writtenBy('Bash', {}, diffOf(file))).toEqual([
      String.raw`/w/a.go:11-12 go "B\nC"`,
      '/w/a.go:14-14 go "e"',
      '/w/a.go:90-90 go "y"',
    ]);
  });

  it('makes a whole file of a created one, with the newline it ends with', () => {
    const lines = ['+#!/bin/sh', '+exit'];
    const created = (more: string[]) => {
      const hunks = [{ newStart: 1, lines: [...lines, ...more] }];
      return writtenBy('Bash', {}, diffOf({ filePath: '/w/run', created: true, hunks }));
    };
    expect(created([])).toEqual([String.raw`/w/run:1-2 shell "#!/bin/sh\nexit\n"`]);
    expect(created(['\\ No newline at end of file'])).toEqual([
      String.raw`/w/run:1-2 shell "#!/bin/sh\nexit"`,
    ]);
  });

  it('makes nothing of a deleted file', () => {
    const hunks = [{ newStart: 0, newLines: 0, lines: ['-a'] }];
    expect(writtenBy('Bash', {}, diffOf({ filePath: '/w/a', hunks }))).toEqual([]);
  });
});

describe('no piece', () => {
  const input = { file_path: '/w/a.ts', content: 'a' };

  it.each([
    ['an interrupted call', 'Write', { interrupted: true }, {}],
    ['a call that failed', 'Write', { success: false }, {}],
    ['an event that carries an error', 'Write', {}, { error: 'no' }],
    ['an event marked as interrupt', 'Write', {}, { is_interrupt: true }],
    ['the event before the call', 'Write', {}, { hook_event_name: 'PreToolUse' }],
    ['the event of a failure', 'Write', {}, { hook_event_name: 'PostToolUseFailure' }],
    ['a tool that writes no code', 'Read', {}, {}],
    ['a tool named as a member of objects', 'constructor', {}, {}],
  ])('comes of %s', (_name, tool, response, more) => {
    expect(writtenBy(tool, input, response, more)).toEqual([]);
  });
});

it('throws for no payload, whatever the types of its fields', () => {
  const names =
    'file_path content old_string new_string replace_all edits notebook_path new_source filePath structuredPatch ' +
    'newStart lines hunks files created bashEditDiff old_source edit_mode language replaceAll cell_type originalFile';
  const keys = fc.constantFrom(...names.split(' '));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', maxDepth: 6 },
      fc.constantFrom<Json>('+a', '-b', ' c', '\\', '', 'a\nb', 1, 0, -1, true, null, 1e300),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(keys, tie('value'), { maxKeys: 8 }),
    ),
  }));
  const tools = fc.constantFrom('Write', 'Edit', 'MultiEdit', 'NotebookEdit', 'Bash');
  const authors = new LineAuthors(new MemoryStore());
  const holds = fc.property(tools, value, value, (tool, toolInput, response) => {
    const { changes } = textChanges(
      hookEventOf(call(tool, toolInput as JsonObject, response as Json)),
    );
    const { files } = authors.apply({ id: 'e', at: 1 }, changes);
    for (const { path, pieces } of files) {
      expect(path).not.toBe('');
      for (const { code, startLine, endLine } of pieces) {
        expect(code.trim()).not.toBe('');
        expect((startLine ?? 1) <= (endLine ?? 1)).toBe(true);
      }
    }
  });
  expect(() => fc.assert(holds, { numRuns: 1000 })).not.toThrow();
});
