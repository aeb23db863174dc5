import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../../lib/store/database/database.ts';
import { folderTree, projectTrees } from '../../../../lib/store/queries/history/file-tree.ts';
import { openTestDatabase } from '../../../support/test-database.ts';

let folder: string;
let database: Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tree-'));
  database = openTestDatabase(join(folder, 'tracker.db'));
  database.exec(
    "INSERT INTO projects (id, root, name) VALUES (1, '/w/shop', 'shop'), (2, '/w/b', 'b')",
  );
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

function file(path: string, project: number | null, lines: number, claude: number, at = 1): void {
  database
    .prepare<[string, number | null, number, number, number]>(
      `INSERT INTO file_states (file_path, project_id, touched_at, noted_lines, history, claude_lines, all_lines)
       VALUES (?, ?, ?, x'', x'', ?, ?)`,
    )
    .run(path, project, at, claude, lines);
}

const names = (tree: ReturnType<typeof folderTree>) =>
  tree.entries.map(
    ({ name, isFolder, depth }) => `${'  '.repeat(depth)}${name}${isFolder ? '/' : ''}`,
  );

describe('projectTrees', () => {
  it('adds up each project, and what lies outside of all', () => {
    file('/w/shop/a.ts', 1, 10, 4, 5);
    file('/w/shop/b.ts', 1, 10, 10, 9);
    file('/tmp/x.sh', null, 3, 3, 7);
    expect(projectTrees(database, undefined)).toEqual([
      {
        projectId: 1,
        projectName: 'shop',
        projectRoot: '/w/shop',
        files: 2,
        lines: 20,
        claudeLines: 14,
        touchedAt: 9,
      },
      {
        projectId: null,
        projectName: null,
        projectRoot: null,
        files: 1,
        lines: 3,
        claudeLines: 3,
        touchedAt: 7,
      },
    ]);
    expect(projectTrees(database, [1]).map(({ projectId }) => projectId)).toEqual([1]);
  });
});

describe('folderTree', () => {
  it('begins at the deepest folder that holds all, and unfolds what is small', () => {
    file('/w/shop/src/cart/a.ts', 1, 10, 4);
    file('/w/shop/src/cart/b.ts', 1, 5, 5);
    file('/w/shop/src/main.ts', 1, 2, 0);
    const tree = folderTree(database, undefined, [1]);
    expect([tree.folder, tree.files, tree.lines, tree.claudeLines]).toEqual([
      '/w/shop/src',
      3,
      17,
      9,
    ]);
    expect(names(tree)).toEqual(['cart/', '  a.ts', '  b.ts', 'main.ts']);
  });

  it('puts folders together of which each holds nothing but the next', () => {
    file('/w/shop/java/com/shop/cart/A.java', 1, 1, 1);
    file('/w/shop/java/com/shop/tax/B.java', 1, 1, 1);
    file('/w/shop/README.md', 1, 1, 1);
    expect(names(folderTree(database, '/w/shop', undefined))).toEqual([
      'java/com/shop/',
      '  cart/',
      '    A.java',
      '  tax/',
      '    B.java',
      'README.md',
    ]);
  });

  it('takes no folder for one whose name begins alike, and no other project', () => {
    file('/w/shop/a.ts', 1, 1, 1);
    file('/w/shop-2/b.ts', 2, 1, 1);
    file('/w/shop.ts', 2, 1, 1);
    expect(names(folderTree(database, '/w/shop', undefined))).toEqual(['a.ts']);
    expect(names(folderTree(database, '/w/', [1]))).toEqual(['shop/', '  a.ts']);
  });

  it('leaves a large folder folded, with its sums', () => {
    for (let at = 0; at < 200; at += 1) file(`/w/shop/f${at % 20}/x${at}.ts`, 1, 2, 1);
    const tree = folderTree(database, '/w/shop', [1]);
    expect([tree.isUnfolded, tree.entries.length, tree.files]).toEqual([false, 20, 200]);
    expect(tree.entries[0]).toMatchObject({ name: 'f0', files: 10, lines: 20, claudeLines: 10 });
  });

  it('has nothing of an empty folder, nor without any file', () => {
    expect(folderTree(database, undefined, undefined)).toMatchObject({
      folder: '',
      entries: [],
      files: 0,
    });
    file('/w/shop/a.ts', 1, 1, 1);
    expect(folderTree(database, '/w/none', undefined)).toMatchObject({ entries: [], lines: 0 });
  });

  it('reads an index alone, which does not hold the texts', () => {
    file('/w/shop/a.ts', 1, 1, 1);
    const plans: string[] = [];
    const watched = new Proxy(database, {
      get(target, key) {
        if (key !== 'prepare') return Reflect.get(target, key) as unknown;
        return (sql: string) => {
          const plan = target.prepare<[Record<string, null>], { detail: string }>(
            `EXPLAIN QUERY PLAN ${sql}`,
          );
          const values = Object.fromEntries(
            (sql.match(/@\w+/g) ?? []).map((name) => [name.slice(1), null]),
          );
          plans.push(...plan.all(values).map(({ detail }) => detail));
          return target.prepare(sql);
        };
      },
    });
    folderTree(watched, '/w/shop', [1]);
    projectTrees(watched, undefined);
    const steps = plans.filter((detail) => detail.includes('file_states'));
    expect(steps.length).toBeGreaterThan(1);
    expect(steps.filter((detail) => !detail.includes('USING COVERING INDEX'))).toEqual([]);
  });
});
