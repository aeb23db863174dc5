import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const EXPORT =
  /^export (?:abstract |async |declare )*(?:class|const|enum|function\*?|interface|let|type) +(\w+)/gm;

/** The databases of the service are twins: namesakes among their files export the same. */
const TWINS = /^service\/store\/(?:sqlite|postgres)\//;

it('no two files of lib/ export the same name', () => {
  const places = new Map<string, Set<string>>();
  for (const file of readdirSync('lib', { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const place = file.replace(TWINS, 'service/store/*/');
    for (const [, name = ''] of readFileSync(`lib/${file}`, 'utf8').matchAll(EXPORT)) {
      places.set(name, (places.get(name) ?? new Set()).add(place));
    }
  }
  expect(places.size).toBeGreaterThan(500); // it has found them
  const homonyms = [...places].filter(([, files]) => files.size > 1);
  expect(homonyms.map(([name, files]) => `${name}: ${[...files].join(', ')}`)).toEqual([]);
});
