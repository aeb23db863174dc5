// Files that an event names without what they hold, through ingest.
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestStore } from '../delivery/test-store.ts';
import type { Payload } from '../delivery/test-store.ts';

let store: TestStore;
let project: string;
let calls = 0;
beforeEach(() => {
  store = new TestStore();
  project = realpathSync(mkdtempSync(join(tmpdir(), 'left-changes-')));
  mkdirSync(join(project, '.git'));
});
afterEach(() => {
  store.remove();
  rmSync(project, { recursive: true, force: true });
});

const at = (name: string): string => join(project, name);

interface Given {
  readonly files?: readonly Payload[];
  readonly changed?: readonly string[];
  readonly more?: Payload;
}

function bash(command: string, { files = [], changed = [], more = {} }: Given): Payload {
  calls += 1;
  const bashEditDiff = { files, moreFiles: changed.length, changedFiles: changed.map(at) };
  return {
    session_id: 's1',
    cwd: project,
    hook_event_name: 'PostToolUse',
    tool_name: 'Bash',
    tool_use_id: `toolu_${calls}`,
    tool_input: { command },
    tool_response: { stdout: '', stderr: '', interrupted: false, bashEditDiff },
    duration_ms: 5,
    ...more,
  };
}

/** Claude's Write of a new file. */
function created(name: string, content: string): Payload {
  const filePath = at(name);
  return {
    ...bash('', {}),
    tool_name: 'Write',
    tool_input: { file_path: filePath, content },
    tool_response: { type: 'create', filePath, content, structuredPatch: [] },
  };
}

/** Takes an event as if it had been captured just now. */
function take(payload: Payload): void {
  const probe = at('.git/probe');
  writeFileSync(probe, '');
  store.arrive([{ payload, at: statSync(probe).ctimeMs + 1 }]);
}

function write(name: string, text: string): void {
  mkdirSync(join(at(name), '..'), { recursive: true });
  writeFileSync(at(name), text);
}

const occurrences = (): string[] =>
  store
    .rows(
      `SELECT o.file_path, o.authorship, o.start_line, o.end_line, o.changed_lines, p.code
       FROM occurrences o JOIN patterns p ON p.id = o.pattern_id ORDER BY o.at, o.file_path, o.ordinal`,
    )
    .map(
      (row) =>
        `${String(row['file_path']).slice(project.length + 1)}:${String(row['start_line'])}-${String(row['end_line'])} ${String(row['authorship'])} ${String(row['code'])}`,
    );
const noted = (): string[] =>
  store
    .rows('SELECT file_path, change FROM file_changes ORDER BY file_path')
    .map((row) => `${String(row['file_path']).slice(project.length + 1)} ${String(row['change'])}`);

describe('files that an event names without what they hold', () => {
  it('are read, and what stands in the command is Claude’s', () => {
    write('a.ts', 'export const first = 1;\n');
    write('b.ts', 'export const second = 2;\n');
    take(
      bash("echo 'export const first = 1;' > a.ts; mv ../b.ts .", { changed: ['a.ts', 'b.ts'] }),
    );
    expect(occurrences()).toEqual(['a.ts:1-1 authored export const first = 1;']);
    expect(noted()).toEqual(['b.ts changed']);
  });

  it('are only noted if they were changed since the event', () => {
    write('a.ts', 'export const first = 1;\n');
    const payload = bash("echo 'export const first = 1;' > a.ts", { changed: ['a.ts'] });
    store.arrive([{ payload, at: statSync(at('a.ts')).ctimeMs - 1 }]);
    expect([occurrences(), noted()]).toEqual([[], ['a.ts changed']]);
  });

  it('are noted as deleted if they were', () => {
    write('a.ts', 'export const first = 1;\n');
    unlinkSync(at('a.ts'));
    take(bash('rm a.ts', { changed: ['a.ts'] }));
    expect(noted()).toEqual(['a.ts deleted']);
  });

  it('keep the authors of their lines when a command moves them', () => {
    const text = 'export const first = 1;\nexport const second = 2;\n';
    take(created('a.ts', text));
    write('lib/a.ts', text);
    take(bash('mv a.ts lib', { changed: ['a.ts', 'lib/a.ts'] }));
    const added = 'export const third = 3;\n';
    take({
      ...bash('', {}),
      tool_name: 'Edit',
      tool_input: {
        file_path: at('lib/a.ts'),
        old_string: 'export const second = 2;\n',
        new_string: added,
      },
      tool_response: {
        filePath: at('lib/a.ts'),
        oldString: 'export const second = 2;\n',
        newString: added,
        originalFile: text,
        structuredPatch: [],
      },
    });
    expect(occurrences()).toEqual([`a.ts:1-2 authored ${text}`, `lib/a.ts:2-2 authored ${added}`]);
    expect(store.value("SELECT generation FROM patterns WHERE code LIKE '%third%'")).toBe(2);
  });

  it('are told by the lines that changed where the file is known', () => {
    const text = 'export const first = 1;\nexport const second = 2;\nexport const third = 3;\n';
    take(created('a.ts', text));
    write('a.ts', text.replace('second = 2', 'other = 5'));
    take(
      bash("sed -i 's/export const second = 2/export const other = 5/' a.ts", {
        changed: ['a.ts'],
      }),
    );
    expect(occurrences().at(-1)).toBe('a.ts:2-2 authored export const other = 5;');
    expect(noted()).toEqual([]);
  });

  it('hold no secret and no private span when they are stored', () => {
    const key = `AKIA${'QWERTYUIOPASDFGH'}`;
    write(
      'a.ts',
      `const key = '${key}';\n// <private>mine</private>\nconst plain = 'plain text here';\n`,
    );
    take(bash(`cat > a.ts <<'EOF'\nconst plain = 'plain text here';\nEOF`, { changed: ['a.ts'] }));
    expect(occurrences()).toHaveLength(1);
    const all = JSON.stringify([
      store.rows('SELECT * FROM patterns'),
      store.rows('SELECT payload_text(payload) AS payload FROM events'),
    ]);
    expect(all).toContain('plain text here');
    expect(all).not.toContain(key);
    expect(all).not.toContain('mine');
    expect(store.value('SELECT count(*) FROM redaction_counts')).toBe(1);
  });

  it('are not read where the capture policy forbids it', () => {
    write('.env', 'SOME=thing to keep away\n');
    write('.trackerignore', '');
    write('a.ts', 'export const first = 1;\n');
    const payload = bash("printf '%s\\n' 'export const first = 1;' > a.ts && make", {
      changed: ['.env', 'a.ts'],
    });
    take(payload);
    expect(JSON.stringify(store.rows('SELECT * FROM patterns'))).not.toContain('keep away');
    expect(occurrences()).toHaveLength(1);
    const narrow = new TestStore({ capture: { content: 'metadata' } });
    narrow.arrive([{ payload, at: Date.now() + 1000 }]);
    expect(narrow.rows('SELECT * FROM occurrences')).toEqual([]);
    narrow.remove();
  });
});

describe('a link that a command makes', () => {
  it('says nothing about the file that it leads to', () => {
    write('a.ts', 'export const first = 1;\n');
    symlinkSync(at('a.ts'), at('l.ts'));
    const hunks = [{ oldStart: 0, oldLines: 0, newStart: 1, newLines: 1, lines: ['+a.ts'] }];
    const files = [{ filePath: at('l.ts'), hunks, created: true }];
    take(bash('ln -s a.ts l.ts', { files, changed: ['l.ts'] }));
    expect(occurrences()).toEqual([]);
    expect(store.rows('SELECT file_path FROM file_states')).toEqual([]);
  });
});

describe('files that only a command or an input names', () => {
  it('are read after a command that failed', () => {
    write('a.ts', 'export const failed = 1;\n');
    const failure = {
      hook_event_name: 'PostToolUseFailure',
      tool_response: undefined,
      error: 'Exit code 3',
    };
    take(bash('echo "export const failed = 1;" > a.ts; exit 3', { more: failure }));
    expect(occurrences()).toEqual(['a.ts:1-1 authored export const failed = 1;']);
  });

  it('are read after one that git ignores, or that was sent to the background', () => {
    write('a.log', 'a line that was logged\n');
    const response = { stdout: '', stderr: '', interrupted: false, backgroundTaskId: 'b1' };
    take(bash('echo "a line that was logged" > a.log', { more: { tool_response: response } }));
    expect(occurrences()).toEqual(['a.log:1-1 authored a line that was logged']);
  });

  it('are told beside what is known of them after an editor that Claude Code does not show', () => {
    const text = 'export const first = 1;\nexport const second = 2;\nexport const third = 3;\n';
    take(created('a.ts', text));
    write('a.ts', text.replace('second = 2', 'other = 5').replace('third', 'third.by.hand'));
    take(bash("sed -i 's/second = 2/other = 5/' a.ts && git commit -qam x", {}));
    expect(occurrences().at(-1)).toBe(
      'a.ts:2-3 authored export const other = 5;\nexport const third.by.hand = 3;',
    );
  });

  it.each([
    "sed -i 's/what = 2/first_one = 1/' a.ts",
    `python3 -c "t = open('a.ts').read().replace('what = 2', 'first_one = 1')"; false`,
    'awk \'1 { print "export const first_one = 1;" }\' b.ts > t && mv t a.ts',
    'mv ../t/a.ts . # export const first_one = 1;',
    "printf 'export const first_one = 1;\\n' > $'\\x61.ts'",
  ])('are read after %s', (command) => {
    write('a.ts', 'export const first_one = 1;\n');
    take(bash(command, {}));
    const told = occurrences();
    expect(told).toEqual(
      command.startsWith('mv') ? [] : ['a.ts:1-1 authored export const first_one = 1;'],
    );
  });

  it('are not read if they stood there before, or if nobody knows how long the call took', () => {
    write('a.ts', 'export const failed = 1;\n');
    execFileSync('touch', ['-d', '2020-01-01', at('a.ts')]);
    const { ctimeMs } = statSync(at('a.ts'));
    const payload = bash('echo "export const failed = 1;" > a.ts', {});
    store.arrive([{ payload, at: ctimeMs + 60_000 }]);
    take(bash('echo "export const failed = 1;" > a.ts', { more: { duration_ms: undefined } }));
    expect(occurrences()).toEqual([]);
  });

  it('are read after a tool of an MCP server, of which the lines are Claude’s that it was given', () => {
    write('a.ts', 'export const given = 1;\nexport const found = 2;\n');
    take(
      bash('', {
        more: {
          tool_name: 'mcp__files__write_file',
          tool_input: { path: at('a.ts'), content: 'export const given = 1;\n' },
          tool_response: [{ type: 'text', text: 'ok' }],
        },
      }),
    );
    expect(occurrences()).toHaveLength(1);
    expect(occurrences()[0]).toContain('a.ts:1-2 authored export const given');
    expect(store.value('SELECT authored_share FROM occurrences')).toBe(0.5);
  });
});
