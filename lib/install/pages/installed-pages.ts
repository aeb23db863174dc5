import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { walk } from '../program/file-walk.ts';
import type { PlacedFile } from '../shell-files.ts';
import { withContacts } from './contacts.ts';
import type { Contacts } from './contacts.ts';

/** The folder for pages about an installation, beside it. */
export function pagesFolder(home: string): string {
  return join(dirname(home), 'docs');
}

/** The pages that come with the program in `sourceRoot`, as they shall be for the installation in `home`. */
export function installedPages(
  sourceRoot: string,
  home: string,
  contacts: Contacts | undefined,
): PlacedFile[] {
  const source = join(sourceRoot, 'dist', 'docs');
  return walk(source).map((name) => ({
    path: join(pagesFolder(home), name),
    content: withContacts(readFileSync(join(source, name), 'utf8'), contacts),
  }));
}
