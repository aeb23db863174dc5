import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../lib/base/errors.ts';
import { placedBlocks } from '../../../scripts/runbook/blocks.ts';
import { unseen } from '../../../scripts/runbook/drill.ts';
import { SECTIONS } from '../../../scripts/runbook/sections.ts';
import { SEED, seedBlocks } from '../../../scripts/runbook/seed.ts';

const blocks = placedBlocks(SECTIONS, SEED);

describe('the runbook', () => {
  it('has a block for each of the one that it comes from, in their order', () => {
    expect(blocks).toHaveLength(42);
    const [first] = SECTIONS;
    const without = [{ ...first!, blocks: first!.blocks.slice(1) }, ...SECTIONS.slice(1)];
    expect(() => placedBlocks(without, SEED)).toThrow(InvariantError);
    expect(() => placedBlocks(SECTIONS, SEED.slice(1))).toThrow(InvariantError);
    expect(() => placedBlocks(SECTIONS, SEED.slice(0, -1))).toThrow(InvariantError);
  });

  it('has the sections to which alerts lead', () => {
    const named = readdirSync('lib/alerts')
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => [
        ...readFileSync(join('lib/alerts', name), 'utf8').matchAll(/section: '([^']+)'/g),
      ])
      .map(([, section]) => section);
    expect(named.length).toBeGreaterThan(10);
    const anchors = SECTIONS.map(({ title }) =>
      title
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-'),
    );
    expect(named.filter((section) => !anchors.includes(section ?? ''))).toEqual([]);
  });

  it('says of each block what there is to see', () => {
    for (const { number, block } of blocks) expect(block.sees, `${number}`).not.toEqual([]);
  });

  it.each(
    blocks.flatMap(({ number, block }) => {
      const code = SEED[number - 1]?.code ?? '';
      return code.includes('pattern_tracker import') ? [[number, code, block.shell] as const] : [];
    }),
  )('has the words of the program in block %i', (_, python, ours) => {
    expect(wordsOf(python).filter((word) => !ours.includes(word))).toEqual([]);
  });
});

/** The keys that a program in Python asks for, and what it prints that is the same each time. */
function wordsOf(python: string): string[] {
  const plain = python.replaceAll('\\"', '"');
  const keys = [...plain.matchAll(/(?:metrics|health)\[["'](\w+)["']\]/g)].map(([, key]) => key);
  const printed = [...plain.matchAll(/print\(f?'([^'{]*)/g)].map(([, text]) => text?.trim());
  return [...keys, ...printed].filter((word) => word !== undefined && word !== '') as string[];
}

it('finds the blocks of a page with the titles and the step above them', () => {
  const page =
    '# A\n\n## B\n\n1. **First**:\n   ```bash\n   # no title\n   one\n   ```\n\n## C\n```\ntwo\n```\n';
  expect(seedBlocks(page)).toEqual([
    { titles: ['A', 'B'], step: 'First', code: '   # no title\n   one' },
    { titles: ['A', 'C'], step: '', code: 'two' },
  ]);
});

describe('what was not printed', () => {
  it('is told line by line, in their order', () => {
    expect(unseen(['one', 'two'], 'zero\none\ntwo\n')).toEqual([]);
    expect(unseen(['two', 'one'], 'one\ntwo\n')).toEqual(['one']);
    expect(unseen(['on'], 'one\n')).toEqual(['on']);
  });

  it('may differ where … stands, and nowhere else', () => {
    expect(unseen(['a … (c)', '…'], 'a b (c)\nd\n')).toEqual([]);
    expect(unseen(['a … (c)'], 'a b c\n')).toEqual(['a … (c)']);
  });
});
