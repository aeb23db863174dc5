import type { AuthorshipKind } from '../../../lib/authorship/piece.ts';

/**
 * A shell command in a small repository of which the truth is known: a line that holds `claude` was written by Claude, one
 * that holds `human` was not. Both words stand in no other line.
 */
export interface CommandCase {
  readonly name: string;
  /** What people did before, in a fresh repository, as a shell script. It can use {@link SHELL_FUNCTIONS}. */
  readonly before?: string;
  /** Files that Claude writes with Write before. */
  readonly written?: Readonly<Record<string, string>>;
  /** What people do after that. */
  readonly between?: string;
  readonly command: string;
  /** What the command is told to have done to each file of which it put a piece of code into. */
  readonly kinds: Readonly<Record<string, AuthorshipKind>>;
  /** Lines of Claude's, known by a text in them, that cannot be told to be. @default none */
  readonly missed?: readonly string[];
  /** The end of the command is a failure. */
  readonly fails?: boolean;
}

/** `lines NAME N` prints lines of people, `save` commits all. */
export const SHELL_FUNCTIONS = `
lines() { for i in $(seq "$2"); do echo "export const human_$1_$i = compute($i);"; done; }
save() { git add -A; git commit -q -m "\${1:-save}"; }
`;

/** The repository before {@link CommandCase.before}. */
export const PREPARED = `
git init -q -b main
git config user.name dev; git config user.email dev@example.com
lines a 6 > a.ts
lines b 4 > b.ts
save seed
`;

/** Programs that the cases run, by name, which stand in for real ones that may not be installed. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  // Other quotes and more blanks in each line of the files that it is given.
  prettier: `for f; do case $f in -*) ;; *) sed -i "s/ = / =  /; s/'/\\"/g" "$f";; esac; done`,
  dos2unix: `for f; do sed -i 's/\\r$//' "$f"; done`,
  'create-thing': `mkdir -p "$1"; echo "export const human_generated = 1;" > "$1/index.ts"; echo "human readme of $1" > "$1/README.md"`,
};

const WRITTEN = {
  'c.ts': "export const claude_one = read('x');\nexport const claude_two = read('y');\n",
};
const PATCH = `lines p 2 > patched.ts; save patched; git format-patch -q -1 --stdout > ../fix.mbox; git diff HEAD~1 > ../fix.patch; git reset -q --hard HEAD~1`;
const OTHER_BRANCH = `git checkout -q -b topic; lines topic 3 > topic.ts; lines changed 6 > a.ts; save topic; git checkout -q main`;
const MANY = `mkdir lib; for n in 1 2 3 4 5 6 7 8; do lines m$n 3 > lib/m$n.ts; done; save many`;
/** The files of {@link MANY} that Claude Code shows: of the others, people's are only noted to have changed. */
const firstIn = (folder: string, kind: AuthorshipKind): Record<string, AuthorshipKind> =>
  Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`${folder}/m${n}.ts`, kind]));

export const COMMAND_CASES: readonly CommandCase[] = [
  // git
  {
    name: 'checkout of a file',
    written: { 'a.ts': 'export const claude_over = 1;\n' },
    command: 'git checkout -- a.ts',
    kinds: { 'a.ts': 'restored' },
  },
  {
    name: 'checkout of a branch',
    before: OTHER_BRANCH,
    command: 'git checkout -q topic',
    kinds: { 'a.ts': 'restored', 'topic.ts': 'restored' },
  },
  {
    name: 'switch of the branch and back',
    before: OTHER_BRANCH,
    written: WRITTEN,
    between: 'save claude',
    command: 'git switch -q topic && git switch -q main && git switch -q topic',
    kinds: { 'a.ts': 'restored', 'topic.ts': 'restored' },
  },
  {
    name: 'restore of a file',
    written: { 'a.ts': 'export const claude_over = 1;\n' },
    command: 'git restore a.ts',
    kinds: { 'a.ts': 'restored' },
  },
  {
    name: 'restore from an older commit',
    before: 'lines older 3 > a.ts; save; lines newer 3 > a.ts; save',
    command: 'git restore --source=HEAD~1 a.ts',
    kinds: { 'a.ts': 'restored' },
  },
  {
    name: 'stash',
    written: { 'a.ts': 'export const claude_over = 1;\n' },
    command: 'git stash -q',
    kinds: { 'a.ts': 'restored' },
  },
  {
    name: 'stash pop of what Claude wrote',
    written: WRITTEN,
    between: 'git add -A; git stash -q',
    command: 'git stash pop -q',
    kinds: { 'c.ts': 'restored' },
  },
  {
    name: 'stash pop of what people wrote',
    before: 'lines stashed 6 > a.ts; git stash -q',
    command: 'git stash pop -q',
    kinds: { 'a.ts': 'restored' },
  },
  {
    name: 'pull',
    before: `git init -q --bare -b main ../origin.git; git remote add origin ../origin.git; git push -q -u origin main
      git clone -q ../origin.git ../other; cd ../other; git config user.name x; git config user.email x@example.com
      lines pulled 3 > pulled.ts; save; git push -q; cd ../project`,
    command: 'git pull -q',
    kinds: { 'pulled.ts': 'restored' },
  },
  {
    name: 'merge',
    before: `${OTHER_BRANCH}; lines own 2 > own.ts; save`,
    command: 'git merge -q --no-edit topic',
    kinds: { 'a.ts': 'restored', 'topic.ts': 'restored' },
  },
  {
    name: 'a merge with conflicts',
    before: `${OTHER_BRANCH}; lines mine 6 > a.ts; save`,
    command: 'git merge topic',
    kinds: {},
    fails: true,
  },
  {
    name: 'rebase',
    before: `${OTHER_BRANCH}; lines own 2 > own.ts; save; git checkout -q topic`,
    command: 'git rebase -q main',
    kinds: { 'own.ts': 'restored' },
  },
  {
    name: 'cherry-pick',
    before: OTHER_BRANCH,
    command: 'git cherry-pick topic',
    kinds: { 'a.ts': 'restored', 'topic.ts': 'restored' },
  },
  {
    name: 'reset --hard',
    before: 'lines later 3 > a.ts; save',
    command: 'git reset -q --hard HEAD~1',
    kinds: { 'a.ts': 'restored' },
  },
  {
    name: 'revert',
    before: 'lines later 3 > a.ts; save',
    command: 'git revert --no-edit HEAD',
    kinds: { 'a.ts': 'restored' },
  },
  {
    name: 'apply of a patch of people',
    before: PATCH,
    command: 'git apply ../fix.patch',
    kinds: { 'patched.ts': 'unknown' },
  },
  {
    name: 'am',
    before: PATCH,
    command: 'git am -q ../fix.mbox',
    kinds: { 'patched.ts': 'unknown' },
  },
  {
    name: 'apply of a patch that Claude writes',
    command:
      "git apply <<'EOF'\n--- /dev/null\n+++ b/new.ts\n@@ -0,0 +1,2 @@\n+export const claude_new = 1;\n+export const claude_newer = 2;\nEOF",
    kinds: { 'new.ts': 'authored' },
  },
  { name: 'git mv', command: 'git mv a.ts z.ts', kinds: { 'z.ts': 'moved' } },
  { name: 'git rm', command: 'git rm -q a.ts', kinds: {} },
  { name: 'clean', before: 'lines junk 2 > junk.ts', command: 'git clean -qfd', kinds: {} },
  {
    name: 'show into a file',
    before: 'lines later 3 > a.ts; save',
    command: 'git show HEAD~1:a.ts > old.ts',
    kinds: { 'old.ts': 'restored' },
  },
  {
    name: 'diff into a file',
    before: 'lines later 3 > a.ts',
    command: 'git diff > change.patch',
    kinds: { 'change.patch': 'restored' },
  },

  // Files
  { name: 'cp of a file of people', command: 'cp a.ts copy.ts', kinds: { 'copy.ts': 'copied' } },
  {
    name: 'cp of a file of Claude',
    written: WRITTEN,
    command: 'cp c.ts copy.ts',
    kinds: { 'copy.ts': 'copied' },
  },
  {
    name: 'cp -r of a folder',
    before: MANY,
    command: 'cp -r lib src',
    kinds: firstIn('src', 'copied'),
  },
  { name: 'mv of a file of people', command: 'mv a.ts z.ts', kinds: { 'z.ts': 'moved' } },
  {
    name: 'mv of a file of Claude',
    written: WRITTEN,
    command: 'mv c.ts z.ts',
    kinds: { 'z.ts': 'moved' },
  },
  {
    name: 'mv across folders',
    before: MANY,
    command: 'mkdir src && mv lib/*.ts src/',
    kinds: {},
  },
  { name: 'mv of a folder', before: MANY, command: 'mv lib src', kinds: {} },
  { name: 'rm', command: 'rm a.ts', kinds: {} },
  { name: 'truncate', command: 'truncate -s 0 a.ts', kinds: {} },
  {
    name: 'install and dd',
    command: 'install -m 644 a.ts i.ts && dd if=b.ts of=d.ts 2>/dev/null',
    kinds: { 'i.ts': 'copied', 'd.ts': 'copied' },
  },
  {
    name: 'tar x',
    before: 'mkdir t; lines t 3 > t/packed.ts; tar cf ../t.tar t; rm -r t',
    command: 'tar xf ../t.tar',
    kinds: { 't/packed.ts': 'unknown' },
  },
  {
    name: 'unzip',
    before: 'lines t 3 > packed.ts; python3 -m zipfile -c ../t.zip packed.ts; rm packed.ts',
    command: 'python3 -m zipfile -e ../t.zip .',
    kinds: { 'packed.ts': 'unknown' },
  },
  { name: 'ln', command: 'ln -s a.ts l.ts', kinds: {} },
  { name: 'chmod', command: 'chmod +x a.ts', kinds: {} },
  {
    name: 'append to an empty file',
    before: ': > empty.ts',
    command: 'echo "export const claude_appended = 1;" >> empty.ts',
    kinds: { 'empty.ts': 'authored' },
  },

  // Formatters
  {
    name: 'a formatter over people’s file',
    command: 'prettier --write a.ts',
    kinds: { 'a.ts': 'formatted' },
  },
  {
    name: 'a formatter over Claude’s file',
    written: WRITTEN,
    command: 'prettier --write c.ts',
    kinds: { 'c.ts': 'formatted' },
  },
  {
    name: 'a formatter over many files',
    before: MANY,
    command: 'prettier --write lib/*.ts',
    kinds: firstIn('lib', 'formatted'),
  },
  {
    name: 'dos2unix',
    before: "printf 'human dos 1\\r\\nhuman dos 2\\r\\n' > dos.txt; save",
    command: 'dos2unix dos.txt',
    kinds: { 'dos.txt': 'formatted' },
  },
  {
    name: 'sed that takes blanks from the ends of lines',
    before: "printf 'const human_blank = 1;  \\n' > t.ts; save",
    command: "sed -i 's/[ \\t]*$//' t.ts",
    kinds: { 't.ts': 'formatted' },
  },
  {
    name: 'sort in place',
    before: 'lines s 4 | sort -r > s.ts; save',
    command: 'sort -o s.ts s.ts',
    kinds: { 's.ts': 'moved' },
  },

  // Text that comes from elsewhere
  {
    name: 'patch with a file of people',
    before: PATCH,
    command: 'patch -s -p1 < ../fix.patch',
    kinds: { 'patched.ts': 'unknown' },
  },
  {
    name: 'curl from loopback',
    before: 'lines served 3 > ../served.ts',
    command: 'curl -sS -o fetched.ts file://$PWD/../served.ts',
    kinds: { 'fetched.ts': 'unknown' },
  },
  {
    name: 'npm init',
    command: 'npm init -y --silent > /dev/null',
    kinds: { 'package.json': 'unknown' },
  },
  {
    name: 'a generator',
    command: 'create-thing app',
    kinds: { 'app/index.ts': 'unknown', 'app/README.md': 'unknown' },
  },
  {
    name: 'a script of people',
    before: `printf '%s\\n' 'print("export const human_made = 1;", file=open("out.ts", "w"))' > gen.py; save`,
    command: 'python3 gen.py',
    kinds: { 'out.ts': 'unknown' },
  },
  {
    name: 'cat of two files into one',
    command: 'cat a.ts b.ts > both.ts',
    kinds: { 'both.ts': 'copied' },
  },
  {
    name: 'grep into a file',
    command: 'grep compute a.ts > found.ts',
    kinds: { 'found.ts': 'copied' },
  },
  {
    name: 'head in a pipeline with tee',
    command: 'cat a.ts | head -n 3 | tee some.ts > /dev/null',
    kinds: { 'some.ts': 'copied' },
  },
  {
    name: 'awk into a file',
    command: "awk '/export/ { print }' a.ts > picked.ts",
    kinds: { 'picked.ts': 'unknown' },
  },
  {
    name: 'sed into a file',
    command: "sed 's/compute/calculate/' a.ts > other.ts",
    kinds: { 'other.ts': 'unknown' },
  },
  {
    name: 'a loop that copies',
    before: MANY,
    command: 'for f in lib/*.ts; do cat "$f"; done > all.ts',
    kinds: { 'all.ts': 'unknown' },
  },
  {
    name: 'a group with a line of Claude’s',
    command: '{ echo "// claude wrote this header line"; cat a.ts; } > grouped.ts',
    kinds: { 'grouped.ts': 'authored' },
  },
  {
    name: 'echo of another file',
    command: 'echo "$(cat a.ts)" > echoed.ts',
    kinds: { 'echoed.ts': 'unknown' },
  },
  {
    name: 'python -c that copies',
    command: `python3 -c "open('py.ts', 'w').write(open('a.ts').read())"`,
    kinds: { 'py.ts': 'unknown' },
  },
  {
    name: 'node -e that copies',
    command: `node -e "require('fs').copyFileSync('a.ts', 'node.ts')"`,
    kinds: { 'node.ts': 'unknown' },
  },
  {
    name: 'a program while nothing is written',
    before: MANY,
    command: 'ls lib && sleep 0.1',
    kinds: {},
  },

  // What Claude writes with commands
  {
    name: 'heredoc',
    command:
      "cat > h.ts <<'EOF'\nexport const claude_here = 1;\nexport function claude_does() {\n}\nEOF",
    kinds: { 'h.ts': 'authored' },
  },
  {
    name: 'heredoc appended',
    command: "cat >> a.ts <<'EOF'\nexport const claude_here = 1;\nEOF",
    kinds: { 'a.ts': 'authored' },
  },
  {
    name: 'heredoc with variables',
    command: 'N=7; cat > h.ts <<EOF\nexport const claude_here = $N;\nEOF',
    kinds: { 'h.ts': 'authored' },
  },
  {
    name: 'heredoc into tee',
    command: "tee h.ts > /dev/null <<'EOF'\nexport const claude_here = 1;\nEOF",
    kinds: { 'h.ts': 'authored' },
  },
  {
    name: 'echo into tee',
    command: 'echo "export const claude_said = 1;" | tee -a a.ts',
    kinds: { 'a.ts': 'authored' },
  },
  {
    name: 'sed with a new text',
    command: "sed -i 's/human_a_2 = compute(2)/claude_a_2 = invented(22)/' a.ts",
    kinds: { 'a.ts': 'authored' },
  },
  {
    name: 'sed that inserts',
    command: "sed -i '2i export const claude_inserted = 1;' a.ts",
    kinds: { 'a.ts': 'authored' },
  },
  { name: 'sed that removes', command: "sed -i '/human_a_2/d' a.ts", kinds: {} },
  {
    name: 'perl -pi',
    command: "perl -pi -e 's/human_a_3 = compute/claude_a_3 = invented/' a.ts",
    kinds: { 'a.ts': 'authored' },
  },
  {
    name: 'find and sed over many files',
    before: MANY,
    command:
      "find lib -name '*.ts' -exec sed -i 's/human_m\\([0-9]\\)_2 = compute/claude_m\\1_2 = invented/' {} +",
    kinds: Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8].map((n) => [`lib/m${n}.ts`, 'authored'])),
  },
  {
    name: 'sed in a file that is moved and committed',
    command:
      "git mv a.ts z.ts && sed -i 's/human_a_2 = compute/claude_a_2 = invented/' z.ts && git commit -qam moved",
    kinds: { 'z.ts': 'authored' },
  },
  {
    name: 'a sed that is followed by a failure',
    command: "sed -i 's/human_a_2 = compute/claude_a_2 = invented/' a.ts; false",
    kinds: { 'a.ts': 'authored' },
    fails: true,
  },
  {
    name: 'awk through another file',
    command: `awk 'NR==2{print "export const claude_awk = inserted;"}1' a.ts > t && mv t a.ts`,
    kinds: { 'a.ts': 'authored' },
  },
  {
    name: 'jq through another file',
    before: `printf '{\n  "name": "human-pkg",\n  "version": "1.0.0"\n}\n' > package.json; save`,
    command: `jq '.claude_key = "claude value"' package.json > t && mv t package.json`,
    kinds: { 'package.json': 'authored' },
  },
  {
    name: 'a file with a newline in its name',
    command: String.raw`printf 'export const claude_line = 1;\n' > $'new\nline.ts'`,
    kinds: { 'new\nline.ts': 'authored' },
  },
  {
    name: 'python -c that writes',
    command: `python3 -c "open('w.ts', 'w').write('export const claude_py = 1;\\n')"`,
    kinds: { 'w.ts': 'authored' },
  },
  {
    name: 'python that replaces',
    command: `python3 - <<'EOF'\ntext = open('a.ts').read()\nopen('a.ts', 'w').write(text.replace('human_a_4 = compute', 'claude_a_4 = invented'))\nEOF`,
    kinds: { 'a.ts': 'authored' },
  },
  {
    name: 'node -e that writes',
    command: `node -e "require('fs').writeFileSync('w.ts', 'export const claude_node = 1;\\n')"`,
    kinds: { 'w.ts': 'authored' },
  },
  {
    name: 'printf into many files',
    command:
      'for i in 1 2 3 4 5 6 7 8; do printf "export const claude_loop_%s = 1;\\n" $i > l$i.ts; done',
    kinds: Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8].map((n) => [`l${n}.ts`, 'authored'])),
  },
  {
    name: 'a checkout and an own line',
    before: OTHER_BRANCH,
    command: 'git checkout -q topic && echo "export const claude_more = 1;" >> topic.ts',
    kinds: { 'a.ts': 'restored', 'topic.ts': 'authored' },
  },
  {
    name: 'a failing command',
    command: 'echo "export const claude_failed = 1;" > failed.ts; exit 3',
    kinds: { 'failed.ts': 'authored' },
    fails: true,
  },
  {
    name: 'an ignored file',
    before: "echo '*.log' > .gitignore; save",
    command: 'echo "claude wrote a log line" > own.log',
    kinds: { 'own.log': 'authored' },
  },
];
