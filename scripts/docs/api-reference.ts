import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { demoted, writtenFrom } from './written-page.ts';
import type { WrittenPage } from './written-page.ts';

/** docs/API_REFERENCE.md: everything that has a name, a page each in scripts/docs/reference/. */
export function apiReference(root: string): WrittenPage {
  const parts = PARTS.map((name) => demoted(readFileSync(join(root, FOLDER, name), 'utf8')).trim());
  return {
    path: 'docs/API_REFERENCE.md',
    text: [writtenFrom(`${FOLDER}/`), '# Reference', INTRODUCTION, ...parts, ''].join('\n\n'),
  };
}

// --- internal ---

const FOLDER = 'scripts/docs/reference';

/** In their order on the page. */
const PARTS = ['library.md', 'command-line.md', 'shell.md', 'http.md', 'configuration.md'];

const INTRODUCTION = `
Everything that has a name: [the library](#the-library) for TypeScript, [the command line](#the-command-line) with
[status line, completions and man page](#status-line-completions-man-page), [the API of the service](#the-api-of-the-service),
and [the configuration](#configuration).`.trim();
