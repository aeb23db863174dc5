import { describe, expect, it } from 'vitest';
import { commandEffect } from '../../../lib/authorship/payload/command-kind.ts';
import type { CommandEffect } from '../../../lib/authorship/payload/command-kind.ts';
import { parseShell } from '../../../lib/authorship/payload/shell-steps.ts';
import type { AuthorshipKind } from '../../../lib/authorship/piece.ts';

const CASES: readonly (readonly [string, AuthorshipKind])[] = [
  ['git checkout main', 'restored'],
  ['git checkout -- src/a.ts', 'restored'],
  ['git switch -c topic origin/topic', 'restored'],
  ['git restore --source=HEAD~1 src/a.ts', 'restored'],
  ['git stash', 'restored'],
  ['git stash pop', 'restored'],
  ['git pull --rebase', 'restored'],
  ['git -C /home/dev/project merge topic', 'restored'],
  ['git -c core.pager=cat reset --hard', 'restored'],
  ['git rebase main', 'restored'],
  ['git cherry-pick abc123', 'restored'],
  ['git revert --no-edit HEAD', 'restored'],
  ['cd /home/dev/project && git pull && npm test', 'restored'],
  ['rm old.ts && git pull', 'restored'],
  ['git apply /home/dev/fix.patch', 'unknown'],
  ['git am < fix.patch', 'unknown'],
  ['patch -p1 < fix.patch', 'unknown'],
  ['curl -sSo src/a.ts https://example.com/a.ts', 'unknown'],
  ['wget https://example.com/a.ts', 'unknown'],
  ['tar xf source.tar.gz', 'unknown'],
  ['unzip -o source.zip', 'unknown'],
  ['npm install left-pad', 'unknown'],
  ['cargo add serde', 'unknown'],
  ['git mv src/b.ts src/a.ts', 'moved'],
  ['mv src/b.ts src/a.ts', 'moved'],
  ['mv lib src', 'moved'],
  ['sudo mv src/b.ts src/a.ts', 'moved'],
  ['cp src/b.ts src/a.ts', 'copied'],
  ['cp -r lib/. src', 'copied'],
  ['for f in a b; do cp lib/$f.ts src/a.ts; done', 'copied'],
  ['rsync -a lib/ src', 'copied'],
  ['npx prettier --write .', 'formatted'],
  ['npx prettier@3.1.0 -w src', 'formatted'],
  ['npx eslint --fix src', 'formatted'],
  ['npx eslint src', 'unknown'],
  ['npm run format', 'formatted'],
  ['yarn lint:fix', 'formatted'],
  ['python3 -m black .', 'formatted'],
  ['ruff format src', 'formatted'],
  ['cargo fmt', 'formatted'],
  ['go fmt ./...', 'formatted'],
  ['FOO=1 gofmt -w a.go', 'formatted'],
  ['find . -name "*.sh" | xargs shfmt -w', 'formatted'],
  ["cat > src/a.ts <<'EOF'\ngit checkout main\nmv a b\nEOF", 'authored'],
  ['cat <<EOF | tee src/a.ts\ncp x y\nEOF', 'authored'],
  ['echo "git checkout" > src/a.ts', 'authored'],
  ["sed -i 's/a/b/' src/a.ts", 'authored'],
  ["git pull && sed -i 's/a/b/' src/a.ts", 'authored'],
  ['git stash && echo x >> src/a.ts 2>/dev/null', 'authored'],
  ['node scripts/generate.js', 'unknown'],
  ['python3 - <<EOF\nopen("src/a.ts", "w")\nEOF', 'authored'],
  ['git status; git add -A; git commit -m "cp a b"', 'unknown'],
  ['', 'authored'],
];

describe('commandEffect', () => {
  it.each(CASES)('%s', (command, kind) => {
    expect(commandEffect(parseShell(command), '/home/dev/project/src/a.ts').kind).toBe(kind);
  });

  it.each<readonly [string, CommandEffect['own']]>([
    ["cat > src/a.ts <<'EOF'\nx\nEOF", 'all'],
    ['echo x > src/a.ts', 'all'],
    ['cat > src/a.ts <<EOF\n$(cat b.ts)\nEOF', 'worded'],
    ['echo "$(cat b.ts)" > src/a.ts', 'worded'],
    ['for f in *.ts; do cat $f; done > src/a.ts', 'worded'],
    ['{ echo x; cat b.ts; } > src/a.ts', 'worded'],
    ['(echo x; cat b.ts) > src/a.ts', 'worded'],
    ["sed -i 's/a/b/' src/a.ts", 'worded'],
    ["awk '{ print }' b.ts > src/a.ts", 'worded'],
    ['python3 -c "copy()"', 'worded'],
    ['git checkout topic && echo x >> src/a.ts', 'worded'],
    ['cp b.ts src/a.ts && echo x >> src/a.ts', 'worded'],
    ['cp b.ts src/b.ts && echo x >> src/a.ts', 'all'],
    ['for i in 1 2; do echo x > src/$i.ts; done', 'worded'],
    ['cat b.ts > src/a.ts', 'spelled'],
    ['cat b.ts | head -3 | tee src/a.ts', 'spelled'],
    ['tee src/a.ts < b.ts', 'spelled'],
    ['git show HEAD:b.ts > src/a.ts', 'spelled'],
    ['git apply <<EOF\n+x\nEOF', 'spelled'],
    ['node scripts/generate.js > src/a.ts', 'spelled'],
    ['sleep 5', 'spelled'],
    ['git commit -m "a > src/a.ts"', 'spelled'],
  ])('takes of %s for Claude’s: %s', (command, own) => {
    expect(commandEffect(parseShell(command), '/home/dev/project/src/a.ts').own).toBe(own);
  });

  it('takes hostile text', () => {
    const texts = [
      '"',
      "'",
      '\\',
      '>',
      '<<',
      '|',
      '$(',
      '"\\"',
      '\'"',
      '; ',
      '>a ',
      '\n',
      '/s/$//',
      'mv a.ts b.ts a.ts; ',
    ];
    for (const text of texts) {
      const shell = parseShell(text.repeat(20_000));
      expect(() => commandEffect(shell, '/p/a.ts')).not.toThrow();
    }
  });

  it.each<readonly [string, AuthorshipKind, CommandEffect['own']]>([
    ["awk '{ print }' src/a.ts > t && mv t src/a.ts", 'authored', 'worded'],
    ["jq '.a = 1' src/a.ts > /tmp/x.json && mv /tmp/x.json src/a.ts", 'authored', 'worded'],
    ["cat > t <<'EOF'\nx\nEOF\nmv -f t src/a.ts", 'authored', 'all'],
    ["cat > t <<'EOF'\nx\nEOF\ncat b.ts >> t; mv t src/a.ts", 'moved', 'spelled'],
    ['echo x > u && mv u t && mv t src/a.ts', 'authored', 'all'],
    ['echo x > a.ts && mv a.ts src/', 'authored', 'all'],
    ['sed s/a/b/ b.ts > t && cp t src/a.ts && rm t', 'copied', 'worded'],
    ['echo x > t && cp t src/a.ts && rm t', 'copied', 'all'],
    ['echo x > t && mv b.ts src/a.ts', 'moved', 'spelled'],
    ['echo x > t && mv t b.ts src/', 'moved', 'spelled'],
    ['head -3 b.ts > t && mv t src/a.ts', 'moved', 'spelled'],
  ])('follows a text through another file: %s', (command, kind, own) => {
    const effect = commandEffect(parseShell(command), '/home/dev/project/src/a.ts');
    expect([effect.kind, effect.own]).toEqual([kind, own]);
  });

  it('tells the files of one command apart', () => {
    const command = 'echo x > made.txt && mkdir -p sub && cp made.txt sub/copy.txt';
    expect(commandEffect(parseShell(command), '/p/made.txt').kind).toBe('authored');
    expect(commandEffect(parseShell(command), '/p/sub/copy.txt').kind).toBe('copied');
  });
});
