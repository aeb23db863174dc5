import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandReference } from './command-reference.ts';
import { endpointReference } from './endpoint-reference.ts';
import { filled } from './filled-page.ts';
import { typeReference } from './type-reference.ts';
import { demoted, writtenFrom } from './written-page.ts';
import type { WrittenPage } from './written-page.ts';

/** docs/API_REFERENCE.md: everything that has a name, a page each in scripts/docs/reference/. */
export async function apiReference(root: string): Promise<WrittenPage> {
  const parts = PARTS.map((name) => demoted(readFileSync(join(root, FOLDER, name), 'utf8')).trim());
  const text = [writtenFrom(`${FOLDER}/`), '# Reference', INTRODUCTION, ...parts, ''].join('\n\n');
  const filledIn = filled(text, {
    types: await typeReference(),
    commands: await commandReference(),
    endpoints: endpointReference(),
  });
  return { path: 'docs/API_REFERENCE.md', text: filledIn };
}

// --- internal ---

const FOLDER = 'scripts/docs/reference';

/** In their order on the page. */
const PARTS = ['library.md', 'command-line.md', 'shell.md', 'http.md', 'configuration.md'];

const INTRODUCTION = `
Everything that has a name: [the library](#the-library) for TypeScript, [the command line](#the-command-line) with
[status line, completions and man page](#status-line-completions-man-page), [the API of the service](#the-api-of-the-service),
and [the configuration](#configuration).`.trim();
