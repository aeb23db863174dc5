import { describe, expect, it } from 'vitest';
import { parseSource } from '../../../scripts/rooms/source-file.ts';

const CASES: readonly (readonly [string, string])[] = [
  ['a static import', "import { a } from '../base/a.ts';"],
  ['an import for its effect', "import '../base/a.ts';"],
  ['an import of types', "import type { A } from '../base/a.ts';"],
  ['a re-export', "export { a } from '../base/a.ts';"],
  ['a re-export of types', "export type { A } from '../base/a.ts';"],
  ['a re-export of everything', "export * from '../base/a.ts';"],
  ['an import()', "const a = await import('../base/a.ts');"],
  ['a type of an import()', "type A = typeof import('../base/a.ts');"],
  ['a type inside an import()', "let a: import('../base/a.ts').A;"],
  ['a worker', "new Worker(new URL('../base/a.ts', import.meta.url));"],
  ['a call of require', "createRequire(import.meta.url)('../base/a.ts');"],
];

describe('parseSource', () => {
  it.each(CASES)('finds %s', (_, text) => {
    expect(parseSource('lib/event/x.ts', text).files).toEqual(['lib/base/a.ts']);
  });

  it('finds nothing in comments, strings and templates', () => {
    const text = [
      "// import { a } from '../base/a.ts';",
      `const text = "import { a } from '../base/a.ts';";`,
      "const sql = `SELECT x FROM y WHERE z = ' from '../base/a.ts'`;",
    ].join('\n');
    expect(parseSource('lib/event/x.ts', text)).toMatchObject({ files: [], packages: [] });
  });

  it('tells packages from built-ins, without the path inside them', () => {
    const text = "import 'node:fs';\nimport 'hono/utils/http-status';\nimport '@a/b/c';\n";
    const source = parseSource('lib/event/x.ts', text);
    expect(source).toEqual({
      path: 'lib/event/x.ts',
      lines: 3,
      files: [],
      packages: ['hono', '@a/b'],
    });
  });

  it('refuses an import() that only a run could resolve', () => {
    expect(() => parseSource('lib/event/x.ts', 'await import(name);')).toThrow(
      'lib/event/x.ts has an import() without a string literal',
    );
  });

  it('refuses a file that does not parse', () => {
    expect(() => parseSource('lib/event/x.ts', 'const = ;')).toThrow('lib/event/x.ts does not');
  });
});
