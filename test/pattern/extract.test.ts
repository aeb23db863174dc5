import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../lib/base/json.ts';
import { hookEventOf, parseHookEvent } from '../../lib/event/hook-event.ts';
import { MAX_PLACES_PER_EDIT } from '../../lib/pattern/edit.ts';
import { extractFragments, MAX_FRAGMENTS_PER_EVENT } from '../../lib/pattern/extract.ts';
import type { Fragment } from '../../lib/pattern/fragment.ts';

const PAYLOADS = new URL('../fixtures/payloads/', import.meta.url);

const files = ['', 'v2.0.76/', 'v1.0.60/'].flatMap((folder) =>
  readdirSync(new URL(folder, PAYLOADS))
    .filter((name) => name.endsWith('.json'))
    .map((name) => folder + name),
);

function fragmentsOf(
  tool_name: string,
  tool_input: JsonObject,
  tool_response: Json = {},
  more: JsonObject = {},
): Fragment[] {
  return extractFragments(
    hookEventOf({
      session_id: 's',
      hook_event_name: 'PostToolUse',
      tool_name,
      tool_input,
      tool_response,
      ...more,
    }),
  );
}

/** A fragment in one line: file:lines language code < what it replaces. */
function brief(fragment: Fragment): string {
  const { replaces, filePath, startLine, endLine, language, code, wholeFile } = fragment;
  const old = replaces.kind === 'text' ? JSON.stringify(replaces.text) : replaces.kind;
  const lines = `${startLine ?? '?'}-${endLine ?? '?'}${wholeFile ? ' (all)' : ''}`;
  return `${filePath}:${lines} ${language} ${JSON.stringify(code)} < ${old}`.replaceAll(
    /[^\x20-\x7e]/g, // no sign in this file that turns the others round
    (char) => `U+${char.charCodeAt(0).toString(16)}`,
  );
}

describe('extractFragments over the real payloads', () => {
  it('finds in each of them the code that was written', () => {
    const table = files.flatMap((file) => {
      const event = parseHookEvent(readFileSync(new URL(file, PAYLOADS), 'utf8'));
      return extractFragments(event).map(
        (fragment) =>
          `${file.replace('.json', '')} | ${brief(fragment).replaceAll('/home/dev/project/', '')}`,
      );
    });
    expect(files).toHaveLength(133);
    expect(table).toMatchInlineSnapshot(`
      [
        "post-tool-use.bash-writes-files | made-by-bash.txt:1-1 (all) text "from-bash\\n" < file",
        "post-tool-use.bash-writes-files | sub/copy.txt:1-1 (all) text "from-bash\\n" < file",
        "post-tool-use.edit-replace-all | existing.txt:1-1 text "LINE" < "line"",
        "post-tool-use.edit-replace-all | existing.txt:2-2 text "LINE" < "line"",
        "post-tool-use.edit-replace-all | existing.txt:3-3 text "LINE" < "line"",
        "post-tool-use.edit | existing.txt:2-2 text "line two new" < "line two old"",
        "post-tool-use.notebook-edit | nb.ipynb:?-? python "print(2)\\n" < "print(1)\\n"",
        "post-tool-use.write-in-subagent | by-subagent.txt:1-1 (all) text "sub\\n" < file",
        "post-tool-use.write-overwrite | existing.txt:1-3 (all) text "completely\\nnew\\ncontent\\n" < file",
        "post-tool-use.write-unicode | uni U+e9 U+d83cU+df0d.txt:1-2 (all) text "hU+e9llo U+d83cU+df0d U+2028 tab\\t cr\\r\\n nul[\\u0000] esc[\\u001b[31m] del[U+7f] rtl U+202e lone[U+fffd] \\"q\\" \\\\ end\\n" < file",
        "post-tool-use.write | src/hello.js:1-1 (all) javascript "export const hello = () => \\"hi\\";\\n" < file",
        "v2.0.76/post-tool-use.edit | existing.txt:2-2 text "line two new" < "line two old"",
        "v2.0.76/post-tool-use.write | src/hello.js:1-1 (all) javascript "hi\\n" < file",
        "v1.0.60/post-tool-use.edit | existing.txt:2-2 text "line two new" < "line two old"",
        "v1.0.60/post-tool-use.multi-edit | existing.txt:1-1 text "ONE" < "line one"",
        "v1.0.60/post-tool-use.multi-edit | existing.txt:3-3 text "THREE" < "line three old"",
        "v1.0.60/post-tool-use.write | src/hello.js:1-1 (all) javascript "hi\\n" < file",
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
    expect(fragmentsOf('Write', { file_path: '/w/a.ts', content })).toMatchObject([
      { code: content, wholeFile: true, startLine: 1, endLine },
    ]);
  });

  it('takes the language of a file without extension from its first line', () => {
    const [fragment] = fragmentsOf('Write', { file_path: '/w/run', content: '#!/bin/sh\n' });
    expect(fragment?.language).toBe('shell');
  });

  it.each(['', ' \n\t', '\x1c\x85'])('makes nothing of %j', (content) => {
    expect(fragmentsOf('Write', { file_path: '/w/a.ts', content })).toEqual([]);
  });
});

describe('Edit', () => {
  const edit = { file_path: '/w/a.ts', old_string: 'x', new_string: 'y' };
  const patch = (...lines: string[]) => ({ structuredPatch: [{ newStart: 5, lines }] });

  it('makes one fragment without replace_all, at the first place', () => {
    expect(fragmentsOf('Edit', edit, patch('+y', '+y')).map(brief)).toEqual([
      '/w/a.ts:5-5 typescript "y" < "x"',
    ]);
  });

  it.each([
    ['the input', { ...edit, replace_all: true }, {}],
    ['the response', edit, { replaceAll: true }],
  ])('makes one for each place when %s says replace_all', (_name, input, response) => {
    expect(
      fragmentsOf('Edit', input, { ...patch('+y', ' -', '+y'), ...response }).map(brief),
    ).toEqual(['/w/a.ts:5-5 typescript "y" < "x"', '/w/a.ts:7-7 typescript "y" < "x"']);
  });

  it('bounds the places of one edit', () => {
    const lines = Array.from({ length: 500 }, () => '+y');
    expect(fragmentsOf('Edit', { ...edit, replace_all: true }, patch(...lines))).toHaveLength(
      MAX_PLACES_PER_EDIT,
    );
  });

  it.each([false, true])(
    'makes one without lines when the patch does not show it (all: %s)',
    (all) => {
      expect(fragmentsOf('Edit', { ...edit, replace_all: all }, {}).map(brief)).toEqual([
        '/w/a.ts:?-? typescript "y" < "x"',
      ]);
    },
  );

  it('makes a whole file of an edit that replaces nothing', () => {
    expect(fragmentsOf('Edit', { ...edit, old_string: '' }).map(brief)).toEqual([
      '/w/a.ts:1-1 (all) typescript "y" < file',
    ]);
  });

  it('makes nothing of a deletion', () => {
    expect(fragmentsOf('Edit', { ...edit, new_string: '' }, patch('-x'))).toEqual([]);
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
    expect(fragmentsOf('MultiEdit', { file_path: '/w/a.py', edits }, response).map(brief)).toEqual([
      '/w/a.py:?-? python "b" < "a"',
      '/w/a.py:1-1 python "c" < "b"',
    ]);
  });

  it('bounds the fragments of one event', () => {
    const edits = Array.from({ length: 3000 }, () => ({ old_string: 'a', new_string: 'b' }));
    expect(fragmentsOf('MultiEdit', { file_path: '/w/a.py', edits })).toHaveLength(
      MAX_FRAGMENTS_PER_EVENT,
    );
  });
});

describe('NotebookEdit', () => {
  const input = { notebook_path: '/w/n.ipynb', new_source: 'x = 1' };

  it.each([
    [
      'a replaced cell',
      { edit_mode: 'replace', old_source: 'x = 0', language: 'python' },
      'python "x = 1" < "x = 0"',
    ],
    [
      'an inserted cell',
      { edit_mode: 'insert', old_source: 'x = 0', language: 'R' },
      'r "x = 1" < nothing',
    ],
    [
      'a cell that was empty',
      { edit_mode: 'replace', old_source: '' },
      'unknown "x = 1" < nothing',
    ],
    [
      'a cell of prose',
      { cell_type: 'markdown', language: 'python' },
      'markdown "x = 1" < nothing',
    ],
  ])('takes %s', (_name, response, text) => {
    expect(fragmentsOf('NotebookEdit', input, response).map(brief)).toEqual([
      `/w/n.ipynb:?-? ${text}`,
    ]);
  });

  it.each([{ edit_mode: 'delete' }, { error: 'no such cell' }])(
    'makes nothing of %j',
    (response) => {
      expect(fragmentsOf('NotebookEdit', input, response)).toEqual([]);
    },
  );
});

describe('Bash', () => {
  const diffOf = (file: JsonObject) => ({ bashEditDiff: { files: [file] } });

  it('makes one fragment of each run of changed lines', () => {
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
    expect(
      fragmentsOf('Bash', {}, diffOf({ filePath: '/w/a.go', hunks: [hunk, last] })).map(brief),
    ).toEqual([
      String.raw`/w/a.go:11-12 go "B\nC" < "b\nc"`,
      '/w/a.go:14-14 go "e" < nothing',
      '/w/a.go:90-90 go "y" < "x"',
    ]);
  });

  it('makes a whole file of a created one, with the newline it ends with', () => {
    const lines = ['+#!/bin/sh', '+exit'];
    const created = (more: string[]) =>
      fragmentsOf(
        'Bash',
        {},
        diffOf({
          filePath: '/w/run',
          created: true,
          hunks: [{ newStart: 1, lines: [...lines, ...more] }],
        }),
      );
    expect(created([]).map(brief)).toEqual([
      String.raw`/w/run:1-2 (all) shell "#!/bin/sh\nexit\n" < file`,
    ]);
    expect(created(['\\ No newline at end of file'])[0]?.code).toBe('#!/bin/sh\nexit');
  });

  it('makes nothing of a deleted file', () => {
    const hunks = [{ newStart: 0, newLines: 0, lines: ['-a'] }];
    expect(fragmentsOf('Bash', {}, diffOf({ filePath: '/w/a', hunks }))).toEqual([]);
  });
});

describe('extractFragments', () => {
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
  ])('makes nothing of %s', (_name, tool, response, more) => {
    expect(fragmentsOf(tool, input, response, more)).toEqual([]);
  });

  it('throws for no payload, whatever the types of its fields', () => {
    const names =
      'file_path content old_string new_string replace_all edits notebook_path new_source filePath structuredPatch ' +
      'newStart lines hunks files created bashEditDiff old_source edit_mode language replaceAll cell_type';
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
    const holds = fc.property(tools, value, value, (tool, toolInput, response) => {
      const fragments = fragmentsOf(tool, toolInput as JsonObject, response as Json);
      for (const { code, filePath, startLine, endLine } of fragments) {
        expect(code.trim()).not.toBe('');
        expect(filePath).not.toBe('');
        expect((startLine ?? 1) <= (endLine ?? 1)).toBe(true);
      }
    });
    expect(() => fc.assert(holds, { numRuns: 1000 })).not.toThrow();
  });
});
