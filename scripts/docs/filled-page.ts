import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvariantError } from '../../lib/base/errors.ts';
import type { WrittenPage } from './written-page.ts';

/** A page written by hand, with what is written for it between `<!-- NAME: written by … -->` and `<!-- NAME end -->`. */
export function filledPage(
  root: string,
  path: string,
  parts: Readonly<Record<string, string>>,
): WrittenPage {
  return { path, text: filled(readFileSync(join(root, path), 'utf8'), parts) };
}

/** @throws InvariantError when a part has no place */
export function filled(page: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((text, [name, part]) => {
    const begin = new RegExp(`^<!-- ${name}: .*-->$`, 'm').exec(text);
    const end = text.indexOf(`<!-- ${name} end -->`);
    if (!begin || end < begin.index) {
      throw new InvariantError(`a page has lost <!-- ${name}: … --> or <!-- ${name} end -->`);
    }
    const head = text.slice(0, begin.index + begin[0].length);
    return `${head}\n\n${part}\n\n${text.slice(end)}`;
  }, page);
}
