// All sheets become one, so a class that two of them define would change parts that it is not meant for.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOM = 'lib/dashboard';

describe('the style sheets of the dashboard', () => {
  it('define each class in one of them', () => {
    const sheets = readdirSync(ROOM, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.css'))
      .map((name) => ({ name, classes: definedIn(readFileSync(join(ROOM, name), 'utf8')) }));
    const definedBy = new Map<string, string[]>();
    for (const { name, classes } of sheets) {
      for (const one of classes) definedBy.set(one, [...(definedBy.get(one) ?? []), name]);
    }
    expect(definedBy.size).toBeGreaterThan(200);
    expect([...definedBy].filter(([, names]) => names.length > 1)).toEqual([]);
  });

  it('are told apart by the class that a selector begins with', () => {
    const css = '/* .no {} */ @media print { .a .b, td > .c:hover { top: 0 } } .d.is-e {} p {}';
    expect([...definedIn(css)]).toEqual(['a', 'c', 'd']);
  });
});

/** The first class of each selector: what comes after it is told of its surroundings or its state. */
function definedIn(css: string): ReadonlySet<string> {
  const rules = css.replace(/\/\*[^]*?\*\//g, '').matchAll(/([^{};]+)\{/g);
  const selectors = [...rules].flatMap(([, before = '']) =>
    before.trim().startsWith('@') ? [] : before.split(','),
  );
  return new Set(
    selectors.flatMap((selector) => /\.([a-z][\w-]*)/.exec(selector)?.slice(1, 2) ?? []),
  );
}
