import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../lib/base/clock.ts';
import { CONFIG_DEFAULTS } from '../../../lib/config/config.ts';
import { hookEventOf } from '../../../lib/event/hook-event.ts';
import { CapturePolicy } from '../../../lib/ingest/policy/capture-policy.ts';
import { ProjectFinder } from '../../../lib/ingest/project.ts';
import { DEFAULT_EXCLUDED_PATHS } from '../../../lib/ingest/policy/excluded-paths.ts';
import { unpackedRows } from '../../support/unpacked-rows.ts';
import { hook, TestStore } from '../../delivery/test-store.ts';
import type { Payload } from '../../delivery/test-store.ts';

const SECRET = 'zqsecretzq';
const ORDINARY = 'zqordinaryzq';

let stores: TestStore[] = [];
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'policy-'))));
afterEach(() => {
  for (const store of stores) store.remove();
  stores = [];
  rmSync(folder, { recursive: true, force: true });
});

function makeStore(capture: Payload = {}): TestStore {
  const store = new TestStore({ capture });
  stores.push(store);
  return store;
}

function makeLarge(path: string): void {
  writeFileSync(path, '');
  truncateSync(path, 2 ** 30);
}

const TABLES = [
  'events',
  'tool_calls',
  'patterns',
  'occurrences',
  'file_states',
  'recent_changes',
  'outbox',
];

/** Everything that the store holds. */
const held = (store: TestStore) =>
  JSON.stringify(TABLES.map((table) => unpackedRows(store.rows(`SELECT * FROM ${table}`))));
const counters = (store: TestStore) =>
  Object.fromEntries(
    store
      .rows<{ name: string; value: number }>('SELECT name, value FROM counters')
      .map(({ name, value }) => [name, value]),
  );
const payloads = (store: TestStore) =>
  store
    .rows<{ payload: string }>('SELECT payload_text(payload) AS payload FROM events ORDER BY id')
    .map(({ payload }) => JSON.parse(payload) as Payload);

/** The events of one call, before and after it, failed, and in its batch. */
function callOf(id: string, name: string, input: Payload, response: unknown, cwd?: string) {
  const fields = cwd === undefined ? {} : { cwd };
  const asText = typeof response === 'string' ? response : JSON.stringify(response);
  return [
    hook.pre(id, name, input, fields),
    hook.post(id, name, input, { tool_response: response, ...fields }),
    hook.event('PostToolUseFailure', {
      tool_name: name,
      tool_input: input,
      tool_use_id: `${id}-failed`,
      error: `not done: ${asText}`,
      ...fields,
    }),
    hook.event('PostToolBatch', {
      tool_calls: [
        { tool_name: name, tool_input: input, tool_use_id: id, tool_response: asText },
        { tool_name: 'Bash', tool_input: { command: ORDINARY }, tool_use_id: `${id}-other` },
      ],
      ...fields,
    }),
  ];
}

describe('a call on an excluded file', () => {
  it.each<[string, string, Payload, unknown]>([
    [
      'Write',
      'Write',
      { file_path: '/p/.env', content: SECRET },
      {
        type: 'update',
        filePath: '/p/.env',
        content: SECRET,
        originalFile: SECRET,
        structuredPatch: [{ oldStart: 1, newStart: 1, lines: [`+${SECRET}`] }],
      },
    ],
    ['Edit', 'Edit', { file_path: '.env.local', old_string: SECRET, new_string: SECRET }, {}],
    [
      'MultiEdit',
      'MultiEdit',
      { file_path: '/p/a.key', edits: [{ old_string: SECRET, new_string: SECRET }] },
      {},
    ],
    ['Read', 'Read', { file_path: '/p/secrets/a.txt' }, { file: { content: SECRET } }],
    [
      'Read in the own folder',
      'Read',
      { file_path: '~/.ssh/config' },
      { file: { content: SECRET } },
    ],
    [
      'Read by its absolute path',
      'Read',
      { file_path: join(homedir(), '.aws/credentials') },
      { file: { content: SECRET } },
    ],
    ['Read over dots', 'Read', { file_path: '/p/a/../.env' }, { file: { content: SECRET } }],
    ['Read in capitals', 'Read', { file_path: '/p/SERVER.PEM' }, { file: { content: SECRET } }],
    ['Grep in it', 'Grep', { pattern: 'K', path: '/p/.env' }, { content: `1:${SECRET}` }],
    ['Grep by a glob', 'Grep', { pattern: 'K', glob: '**/.env*' }, { content: SECRET }],
    ['Grep in a folder of them', 'Grep', { pattern: 'K', path: '~/.aws' }, { content: SECRET }],
    ['a notebook', 'NotebookEdit', { notebook_path: '/p/secrets/a.ipynb', new_source: SECRET }, {}],
    ['cat', 'Bash', { command: 'cat .env' }, { stdout: SECRET, stderr: '' }],
    ['a write', 'Bash', { command: `echo ${SECRET} >>.env` }, { stdout: '' }],
    ['a heredoc', 'Bash', { command: `cat > a/.env <<EOF\n${SECRET}\nEOF` }, { stdout: '' }],
    ['quotes', 'Bash', { command: `cat '/p/my app/.e'"nv"` }, { stdout: SECRET }],
    ['an option', 'Bash', { command: 'docker run --env-file=.env.prod x' }, { stdout: SECRET }],
    ['curl', 'Bash', { command: 'curl -d @server.key x' }, { stdout: SECRET }],
    ['$HOME', 'Bash', { command: 'cat "$HOME/.ssh/known_hosts"' }, { stdout: SECRET }],
    ['cd', 'Bash', { command: 'cd ~/.aws && cat config' }, { stdout: SECRET }],
    ['code', 'Bash', { command: `node -p 'fs.readFileSync(".env")'` }, { stdout: SECRET }],
    ['PowerShell', 'PowerShell', { command: 'Get-Content .env' }, { stdout: SECRET }],
    ['a tool of MCP', 'mcp__fs__read', { paths: ['/p/a', '/p/.env'] }, [{ text: SECRET }]],
    ['an address', 'mcp__fs__read', { uri: 'file:///p/.env' }, [{ type: 'text', text: SECRET }]],
  ])('is kept as a call without its text: %s', (_, name, input, response) => {
    const store = makeStore();
    store.take(...callOf('t1', name, input, response));
    expect(held(store)).not.toContain(SECRET);
    expect(held(store)).toContain(ORDINARY);
    expect(store.rows('SELECT tool_name, outcome FROM tool_calls ORDER BY tool_use_id')).toEqual([
      { tool_name: name, outcome: 'ok' },
      { tool_name: name, outcome: 'failed' },
      { tool_name: 'Bash', outcome: 'rejected' },
    ]);
    expect(store.value('SELECT count(*) FROM events')).toBe(4);
    expect(counters(store)).toMatchObject({ narrowed: 4 });
    // A digest would let short secrets be guessed.
    expect(JSON.stringify(payloads(store))).not.toContain('sha256');
  });

  it('is told by the path that the tool answered with', () => {
    const store = makeStore();
    const file = { filePath: '/p/.env', content: SECRET };
    store.take(hook.post('t1', 'Read', { file_path: '/p/link' }, { tool_response: { file } }));
    expect(held(store)).not.toContain(SECRET);
  });

  it('is shown with its path, and with the lines it changed', () => {
    const store = makeStore();
    store.take(hook.write('t1', '/p/.env', 'A=1\nB=2\n'));
    expect(store.rows('SELECT summary, lines_added FROM tool_calls')).toEqual([
      { summary: '/p/.env', lines_added: 2 },
    ]);
  });

  it.each<[string, Payload, unknown]>([
    ['Read', { file_path: '/p/env.ts' }, { file: { content: ORDINARY } }],
    ['Read', { file_path: '/p/keys.ts' }, { file: { content: 'x.key: .env' } }],
    ['Bash', { command: `echo $ENV ${ORDINARY}` }, { stdout: 'process.env.A: 1' }],
    ['Bash', { command: `ls -A; # ${ORDINARY}` }, { stdout: '.env\n.envrc\na.ts\n\n.env\na.ts' }],
    ['Grep', { pattern: '.env', path: '/p/src' }, { content: `src/a.ts:3:${ORDINARY}` }],
    ['Write', { file_path: '/p/a.md', content: 'see .env' }, {}],
  ])('is told from others: %s %j', (name, input, response) => {
    const store = makeStore();
    store.take(...callOf('t1', name, input, response));
    expect(counters(store)['narrowed']).toBeUndefined();
  });
});

describe('a command that reaches an excluded file', () => {
  const outputOf = (command: string) => {
    const event = hookEventOf({
      session_id: 's',
      cwd: '/home/dev/project',
      hook_event_name: 'PostToolUse',
      tool_name: 'Bash',
      tool_input: { command },
      tool_response: { stdout: SECRET },
    });
    const projects = new ProjectFinder(systemClock, (text) => text);
    const policy = new CapturePolicy(CONFIG_DEFAULTS.capture, projects, '/home/dev');
    return JSON.stringify(policy.judge(event, '')?.stored(event).payload);
  };

  it.each([
    'cat ${HOME}/.aws/credentials',
    'cat "${HOME}"/.kube/config',
    'cat ${HOME}/.ssh/config',
    'cat "${HOME:?}/.ssh/config"',
    'cd; cat .aws/credentials',
    'cd ~ && cat .kube/config',
    'cd && cat .aws/credentials',
    '(cd; cat .aws/credentials)',
    'pushd ~; cat ./.aws/credentials',
    'cd -- "$HOME"; cat .aws/credentials',
    'cd ~ ; cd .config && cat gcloud/a',
    'git -C ~ show HEAD:.aws/credentials',
    'tar -C ~ -cO .aws',
    'env --chdir=~ cat .kube/config',
    "bash -c 'cd; cat .aws/credentials'",
    'bash <<E\ncd\ncat .kube/config\nE',
    'cd ~\ncat $PWD/.aws/credentials',
    'cat "$HOME"\'/.ssh/config\'',
    "cat ${HOME}'/.ssh'/config",
    'cat ~/\\.ssh/config',
    'cat ~/.s\\sh/con\\fig',
    'cat ~/.s\\\nsh/config',
    'cat ~/.aws/{credentials,config}',
    'cat ~/.{aws,kube}/config',
    'cat ~/{.aws/credentials,.kube/config}',
    'cat .{env,foo}',
    'cat ~/.a{w,z{w,y}}s/config',
    'cat ~/.a*/credentials',
    'cat ~/.ss?/config',
    'cat ~/.[s]sh/config',
    'cat .e*',
    'cat .en?',
    'cat *.p?m',
    'cat server.p*',
    'cat id_r*',
    'cat /h*/*/.docker/c*',
    "sh -c 'cat ~/.k*/config'",
    'cd ~; cat .a*/credentials',
    'D=~/.a; F=.aws; cat ~/$F/credentials',
    'H=$HOME; cat "$H/.ssh/config"',
    'for f in .aws/credentials x; do cat ~/$f; done',
    'cat /home/$USER/.ssh/config',
    'cat /home/$(whoami)/.aws/credentials',
    'cat ~dev/.aws/credentials',
    'Get-Content $env:USERPROFILE\\.ssh\\config',
    'cat `echo ${HOME}/.ssh/config`',
  ])('loses its output: %s', (command) => expect(outputOf(command)).not.toContain(SECRET));

  it.each([
    'cd src && cat config credentials',
    'cd ~/project && ls *',
    'ls src/*.ts *.* */* ~/*',
    "sed 's/.*x//' a.ts | grep '.*' | grep -E \"[.]e.*\"",
    'grep -rn "foo.*bar" src/**/*.ts',
    'for f in a b; do echo ${f} $HOME; done',
    'echo {a,b} ${HOME} "${USER}"',
    'git -C ~/project log -- .gitignore',
    "awk '{print $1}' *.csv",
    'cd; ls',
  ])('is told from others: %s', (command) => expect(outputOf(command)).toContain(SECRET));

  it('is judged in bounded work', () => {
    expect(
      outputOf('cd a;'.repeat(20_000) + '*a'.repeat(9_000) + ' {a,b}'.repeat(9_000)),
    ).toBeDefined();
    const words = Array.from({ length: 60_000 }, (_, index) => `.${index}*{a,{b,c}}$x`);
    expect(outputOf(`x=y; cd; cd b; ${words.join(' ')}`)).not.toContain(SECRET);
  });
});

describe('what other calls show of excluded files', () => {
  const bash = (stdout: string) =>
    hook.post('t1', 'Bash', { command: 'run' }, { tool_response: { stdout, stderr: '' } });

  it('is left out of what a command wrote', () => {
    const store = makeStore();
    const file = (filePath: string, text: string) => {
      const hunks = [{ oldStart: 1, oldLines: 0, newStart: 1, newLines: 1, lines: [`+${text}`] }];
      return { filePath, created: true, hunks };
    };
    const files = [file('/p/.env', SECRET), file('/p/a.ts', ORDINARY)];
    const tool_response = { stdout: '', bashEditDiff: { files, moreFiles: 0 } };
    const command = `node setup.mjs; echo ${ORDINARY} > a.ts`;
    store.take(hook.post('t1', 'Bash', { command }, { tool_response }));
    expect(held(store)).not.toContain(SECRET);
    expect(store.rows('SELECT code FROM patterns')).toEqual([{ code: `${ORDINARY}\n` }]);
  });

  it.each([
    ['grep', `src/a.ts:1:${ORDINARY}\nconf/.env:3:${SECRET}\n.env-4-${SECRET}\nb:1:x`],
    ['grep without numbers', `a.ts:${ORDINARY}\n./.env.local:${SECRET}`],
    [
      'git diff',
      `diff --git a/.env b/.env\n--- a/.env\n+++ b/.env\n@@ -1 +1 @@\n-${SECRET}\n+${SECRET}\ndiff --git a/a.ts b/a.ts\n+${ORDINARY}`,
    ],
    ['diff', `--- a.ts\t2026\n+++ b.ts\t2026\n+${ORDINARY}\n--- old.pem\n+++ new.pem\n+${SECRET}`],
    ['git log', `commit 0123abcd\n${ORDINARY}\ndiff --git a/x.key b/x.key\n+${SECRET}`],
    [
      'git diff in colours',
      `\u001B[1mdiff --git a/.env b/.env\u001B[m\n\u001B[1m--- a/.env\u001B[m\n\u001B[31m-${SECRET}\u001B[m\n\u001B[1mdiff --git a/a b/a\u001B[m\n+${ORDINARY}`,
    ],
    [
      'git diff with other prefixes',
      `diff --git i/.env w/.env\n-${SECRET}\ndiff --git i/a w/a\n+${ORDINARY}`,
    ],
    [
      'grep in colours',
      `\u001B[35m\u001B[K.env\u001B[m\u001B[K\u001B[36m\u001B[K:\u001B[m\u001B[KK=${SECRET}\n\u001B[35ma.ts\u001B[m\u001B[36m:\u001B[m${ORDINARY}`,
    ],
    [
      'rg with links',
      `\u001B]8;;file:///p/.env\u001B\\\u001B[35m.env\u001B[0m\u001B]8;;\u001B\\:3:K ${SECRET}\na.ts:1:${ORDINARY}`,
    ],
    ['grep with NULs', `.env\0K=${SECRET}\na.ts\0${ORDINARY}`],
    ['rg --heading', `a.ts\n1:${ORDINARY}\n\n.env\n1:K ${SECRET}\n2:L ${SECRET}\n\nb\n1:x`],
    ['rg --heading without numbers', `.env\nK=${SECRET}\n\na.ts\n${ORDINARY}`],
    [
      'rg --heading in colours',
      `\u001B[35m.env\u001B[0m\n\u001B[32m1\u001B[0m:K ${SECRET}\n\n\u001B[35ma\u001B[0m\n\u001B[32m1\u001B[0m:${ORDINARY}`,
    ],
    [
      'rg --json',
      `{"type":"match","data":{"path":{"text":".env"},"lines":{"text":"${SECRET}"}}}\n{"type":"match","data":{"path":{"text":"a"},"lines":{"text":"${ORDINARY}"}}}`,
    ],
    [
      'more',
      `${':'.repeat(14)}\n.env\n${':'.repeat(14)}\n${SECRET}\n${':'.repeat(14)}\na\n${':'.repeat(14)}\n${ORDINARY}`,
    ],
    ['bat', `───\n   │ File: .env\n 1 │ ${SECRET}\n   │ File: a.ts\n 1 │ ${ORDINARY}`],
    ['head', `==> a.ts <==\n${ORDINARY}\n\n==> .env <==\n${SECRET}\n\n==> b <==\nx`],
  ])('is left out of the output of %s', (_, stdout) => {
    const store = makeStore();
    store.take(bash(stdout));
    expect(held(store)).not.toContain(SECRET);
    expect(held(store)).toContain(ORDINARY);
    expect(counters(store)).toMatchObject({ narrowed: 1 });
  });

  it('is left out of what a search found, and of its batch', () => {
    const store = makeStore();
    const content = `src/a.ts:1:${ORDINARY}\nconf/.env:3:${SECRET}`;
    store.take(
      hook.post('t1', 'Grep', { pattern: 'x' }, { tool_response: { mode: 'content', content } }),
      hook.batch({ id: 't1', name: 'Grep', response: content }),
    );
    expect(held(store)).not.toContain(SECRET);
    expect(held(store).split(ORDINARY)).toHaveLength(3);
  });
});

describe("the user's rules", () => {
  it('add files, or take the place of the usual ones', () => {
    const write = [hook.write('1', '/p/a.tfvars', 'one'), hook.write('2', '/p/.env', 'two')];
    const rules = { exclude_paths: ['*.tfvars', 'fixtures/{a,b}/**'] };
    const added = makeStore(rules);
    added.take(...write, hook.write('3', '/p/fixtures/b/x', 'three'));
    expect(added.rows('SELECT code FROM patterns')).toEqual([]);
    const alone = makeStore({ ...rules, default_exclude_paths: false });
    alone.take(...write);
    expect(alone.rows('SELECT code FROM patterns')).toEqual([{ code: 'two' }]);
  });

  it('keep nothing of excluded tools', () => {
    const store = makeStore({ exclude_tools: ['mcp__mail__*', 'WebFetch'] });
    store.take(
      ...callOf('t1', 'mcp__mail__read', { id: SECRET }, [{ text: SECRET }]),
      ...callOf('t2', 'WebFetch', { url: SECRET }, { result: SECRET }),
      ...callOf('t3', 'Read', { file_path: '/p/a' }, { file: { content: ORDINARY } }),
    );
    expect(held(store)).not.toMatch(/zqsecretzq|mcp__mail|WebFetch/);
    expect(held(store)).toContain(ORDINARY);
    expect(counters(store)).toMatchObject({ excluded: 6, narrowed: 2 });
  });

  it('are for projects by folder or repository, and the first that matches decides', () => {
    const repository = join(folder, 'client');
    const worktree = join(folder, 'elsewhere');
    mkdirSync(join(repository, '.git/worktrees/w'), { recursive: true });
    writeFileSync(join(repository, '.git/HEAD'), 'ref: refs/heads/main\n');
    writeFileSync(join(repository, '.git/worktrees/w/HEAD'), 'ref: refs/heads/w\n');
    writeFileSync(join(repository, '.git/worktrees/w/commondir'), '../..\n');
    mkdirSync(worktree);
    writeFileSync(join(worktree, '.git'), `gitdir: ${repository}/.git/worktrees/w\n`);
    const store = makeStore({
      content: 'code',
      projects: [
        { path: join(folder, 'client/open'), content: 'full' },
        { path: join(folder, 'client/**'), content: 'none' },
      ],
    });
    const prompt = (text: string, cwd: string) =>
      hook.event('UserPromptSubmit', { prompt: text, cwd });
    store.take(
      prompt('zqonezq', join(repository, 'src')),
      prompt('zqtwozq', worktree),
      prompt('zqthreezq', join(repository, 'open/src')),
      prompt('zqfourzq', folder),
    );
    expect(held(store)).not.toMatch(/zqonezq|zqtwozq|zqfourzq/);
    expect(held(store)).toContain('zqthreezq');
    expect(store.value('SELECT count(*) FROM events')).toBe(2);
  });

  it('hold for a folder by each of its names', () => {
    mkdirSync(join(folder, 'disk/client'), { recursive: true });
    symlinkSync(join(folder, 'disk'), join(folder, 'work'));
    const store = makeStore({
      projects: [{ path: join(folder, 'work/client/**'), content: 'none' }],
    });
    for (const name of ['disk', 'work']) {
      store.take(hook.event('Stop', { cwd: join(folder, name, 'client') }));
    }
    expect(counters(store)).toEqual({ excluded: 2 });
  });

  it.each(['/', '/**', '**', '~/..'])('may be for every project: %s', (path) => {
    const store = makeStore({ projects: [{ path, content: 'none' }] });
    store.take(hook.event('Stop', { cwd: join(homedir(), 'a') }));
    expect(counters(store)).toEqual({ excluded: 1 });
  });

  it('for a file of another project hold if they are stricter', () => {
    const store = makeStore({
      projects: [
        { path: '/secret', content: 'none' },
        { path: '/coded', content: 'code' },
      ],
    });
    store.take(
      hook.write('1', '/secret/a.ts', SECRET),
      hook.write('2', '/coded/a.ts', 'const coded = 1;'),
      hook.post(
        '3',
        'Read',
        { file_path: '/coded/b' },
        { tool_response: { file: { content: SECRET } } },
      ),
    );
    expect(held(store)).not.toContain(SECRET);
    expect(store.rows('SELECT code FROM patterns')).toEqual([{ code: 'const coded = 1;' }]);
    expect(JSON.stringify(payloads(store))).not.toContain('const coded');
  });
});

describe('the quick look for excluded paths', () => {
  const policyOf = (more: string[]) => {
    const capture = { ...CONFIG_DEFAULTS.capture, exclude_paths: more };
    return new CapturePolicy(capture, new ProjectFinder(systemClock, (text) => text), '/home/dev');
  };
  const quick = policyOf([]);
  // A pattern of which it cannot be told what stands in every path, and which matches none of these.
  const thorough = policyOf(['{never-there,nor-there}']);
  const PIECES = [
    '.env',
    '.E',
    'nv',
    'id_rsa',
    'a.pem',
    '.ssh',
    'secrets',
    '~',
    '$HOME',
    '$USER',
    'cd ',
    '/',
    '..',
    ' ',
    '\n',
    ':12:',
    ':',
    '"',
    '\\',
    '{',
    ',',
    '}',
    '*',
    '\u001B[31m',
    'cat ',
    '==> ',
    ' <==',
    '--- a/',
    '+++ b/',
    'diff --git a/',
    'src/a.ts',
    'file://',
    '/home/dev',
  ];
  const piece = fc.nat(PIECES.length - 1).map((index) => PIECES[index] ?? '');
  const words = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));

  it('leaves out what the thorough one does', () => {
    const cwd = fc.constantFrom('/home/dev/p', '/home/dev/secrets/p', '/srv', undefined);
    fc.assert(
      fc.property(words, words, cwd, fc.constantFrom('Bash', 'Read', 'mcp__x'), (...given) => {
        const [input, output, folder, tool] = given;
        const event = hookEventOf({
          session_id: 's',
          hook_event_name: 'PostToolUse',
          tool_name: tool,
          ...(folder === undefined ? {} : { cwd: folder }),
          tool_input: { command: input, file_path: input, glob: input },
          tool_response: {
            stdout: `${output}\n${SECRET}`,
            bashEditDiff: { files: [{ filePath: input }] },
          },
        });
        const [one, other] = [quick, thorough].map((policy) => policy.judge(event, ''));
        expect(one?.keepsCode).toBe(other?.keepsCode);
        expect(one?.stored(one.event).payload).toEqual(other?.stored(other.event).payload);
      }),
      { numRuns: 3_000 },
    );
  });

  it('asks again for ignore files when an event of a backlog is younger than the answer', () => {
    const path = join(folder, 'a.ts');
    const event = hookEventOf({
      session_id: 's',
      hook_event_name: 'PostToolUse',
      tool_name: 'Write',
      cwd: folder,
      tool_input: { file_path: path, content: ORDINARY },
    });
    const keepsCode = (writtenAt?: number) => quick.judge(event, '', writtenAt)?.keepsCode;
    expect(keepsCode()).toBe(true);
    writeFileSync(join(folder, '.pattern-trackerignore'), '*');
    expect(keepsCode(Date.now())).toBe(false);
    expect(keepsCode()).toBe(false);
  });
});

describe("a project's ignore file", () => {
  const ignoring = (text: string) => writeFileSync(join(folder, '.pattern-trackerignore'), text);
  const write = (id: string, path: string) =>
    hook.write(id, join(folder, path), `code ${id}`, { cwd: join(folder, 'src') });
  const code = (store: TestStore) =>
    store.rows<{ code: string }>('SELECT code FROM patterns').map((row) => row.code);

  it('leaves out the text of files, and is read again when it has changed', () => {
    const store = makeStore();
    ignoring('private/\n*.secret\n!b.secret\n');
    store.take(write('1', 'private/a.ts'), write('2', 'a.secret'), write('3', 'b.secret'));
    expect(code(store)).toEqual(['code 3']);
    ignoring('*');
    utimesSync(join(folder, '.pattern-trackerignore'), 5, 5);
    store.take(write('4', 'a.ts'));
    expect(code(store)).toEqual(['code 3']);
    rmSync(join(folder, '.pattern-trackerignore'));
    store.take(write('5', 'a.ts'));
    expect(code(store)).toEqual(['code 3', 'code 5']);
  });

  it('leaves out what is in a folder whose name begins with dots', () => {
    const store = makeStore();
    ignoring('..data/\n...secret\n');
    store.take(write('1', '..data/a.ts'), write('2', '...secret'), write('3', 'b.ts'));
    expect(code(store)).toEqual(['code 3']);
  });

  it('cannot widen what is kept', () => {
    const store = makeStore();
    ignoring('!.env\n!**\n');
    store.take(write('1', '.env'));
    expect(code(store)).toEqual([]);
  });

  it.each([
    ['a FIFO', (path: string) => void execFileSync('mkfifo', [path])],
    ['a link to a device', (path: string) => symlinkSync('/dev/zero', path)],
    ['a folder', (path: string) => mkdirSync(path)],
    ['a link to itself', (path: string) => symlinkSync(path, path)],
    ['a gigabyte', makeLarge],
  ])('may be %s, which harms nothing', (_, make) => {
    make(join(folder, '.pattern-trackerignore'));
    const store = makeStore();
    expect(store.take(write('1', 'a.ts'))).toEqual([]);
    expect(code(store)).toEqual(['code 1']);
  });
});

describe('a private span', () => {
  it('is dropped from code, prompts and outputs, and counted', () => {
    const store = makeStore();
    const text = `a\n<Private>${SECRET}</private>\nb`;
    store.take(
      hook.write('1', '/p/a.ts', text),
      hook.event('UserPromptSubmit', { prompt: text }),
      hook.post('2', 'Bash', { command: 'x' }, { tool_response: { stdout: `<private>${SECRET}` } }),
    );
    expect(held(store)).not.toContain(SECRET);
    expect(store.value('SELECT code FROM patterns')).toBe('a\n[private]\nb');
    expect(counters(store)).toMatchObject({ narrowed: 3 });
  });
});

describe('an event that comes twice', () => {
  it('is one event, although the policy has changed in between', () => {
    const stop = hook.event('Stop', { last_assistant_message: `<private>${SECRET}` });
    const prompt = hook.event('UserPromptSubmit', { prompt: ORDINARY });
    const first = makeStore();
    const second = makeStore({ content: 'metadata', prompts: false });
    for (const store of [first, second]) store.take(stop, prompt, hook.write('1', '/p/.env', 'x'));
    const ids = (store: TestStore) => store.rows('SELECT event_id FROM events ORDER BY id');
    expect(ids(second)).toEqual(ids(first));
  });

  it('is paired with the event before it where there is no tool_use_id', () => {
    const store = makeStore({ content: 'metadata' });
    const call = { tool_name: 'Bash', tool_input: { command: ORDINARY } };
    store.take(
      hook.event('PreToolUse', call),
      hook.event('PreToolUse', { ...call, tool_input: { command: 'x'.repeat(ORDINARY.length) } }),
      hook.event('PostToolUse', { ...call, tool_response: { stdout: '' } }),
    );
    expect(store.rows('SELECT outcome FROM tool_calls ORDER BY at')).toEqual([
      { outcome: 'ok' },
      { outcome: 'running' },
    ]);
  });
});

it('keeps with `metadata` nothing of forms that it does not know', () => {
  const store = makeStore({ content: 'metadata' });
  store.take(
    hook.event('Unknown', {
      'odd key': SECRET,
      list: [SECRET],
      deep: { [SECRET]: 1 },
    }),
    hook.post('1', 'mcp__a__b', { [SECRET]: 7 }, { tool_response: { [SECRET]: { a: SECRET } } }),
    hook.post('2', SECRET.repeat(20), { type: `${SECRET} x` }),
    hook.event('SessionEnd', { reason: `because ${SECRET}` }),
  );
  expect(held(store)).not.toContain(SECRET);
});

it('takes an event of any depth and size, whatever the policy', () => {
  const deep = JSON.parse(`${'['.repeat(2_000)}"${SECRET}"${']'.repeat(2_000)}`) as unknown;
  const many = Array.from({ length: 300_000 }, (_, n) => `word${n}`).join(' ');
  const store = makeStore({ content: 'metadata', prompts: false });
  expect(
    store.take(
      hook.post('1', 'mcp__a__b', { deep }, { tool_response: deep }),
      hook.post('2', 'Bash', { command: `${many} ${SECRET} <private>` }),
      hook.event('Odd', { deep }),
    ),
  ).toEqual([]);
  expect(held(store)).not.toContain(SECRET);
});

it('keeps without prompts nothing of what one agent tells another', () => {
  const store = makeStore({ prompts: false });
  store.take(
    hook.pre('1', 'Agent', { description: ORDINARY, prompt: SECRET }),
    hook.pre('2', 'SendMessage', { to: 'reviewer', message: SECRET, summary: SECRET }),
    hook.event('Stop', { session_crons: [{ prompt: SECRET }] }),
    hook.event('Notification', { message: SECRET, title: SECRET }),
  );
  expect(held(store)).not.toContain(SECRET);
  expect(held(store)).toContain(ORDINARY);
});

it('tells a prompt that nobody typed from one that somebody did, without either', () => {
  const store = makeStore({ content: 'metadata', prompts: false });
  store.take(
    hook.event('UserPromptSubmit', { prompt: `<task-notification>${SECRET}` }),
    hook.event('UserPromptSubmit', { prompt: SECRET }),
  );
  expect(store.value('SELECT prompts FROM sessions')).toBe(1);
  expect(payloads(store).map(({ prompt }) => prompt)).toEqual([
    '<task-notification>[left out: 29 characters]',
    '[left out: 10 characters]',
  ]);
  expect(held(store)).not.toContain(SECRET);
});

it('leaves out by default the text of the files that the documentation lists', () => {
  const page = readFileSync('docs/privacy.md', 'utf8');
  const [, section = ''] = page.split('### Files without text');
  const listed = section.split('; and what')[0]?.match(/`[^`]+`/g) ?? [];
  expect(listed.map((name) => name.slice(1, -1))).toEqual(DEFAULT_EXCLUDED_PATHS);
});
