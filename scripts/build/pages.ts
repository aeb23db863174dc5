import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** Writes the pages of docs/ into `folder`; a link that leads out of docs/ becomes an address in the repository. */
export function writePages(folder: string, homepage: string): void {
  mkdirSync(folder, { recursive: true });
  const names = readdirSync('docs').filter((name) => name.endsWith('.md'));
  const repository = homepage.replace(/#.*$/, '');
  for (const name of names) {
    const page = readFileSync(join('docs', name), 'utf8');
    const text = page.replaceAll(LINK, (whole, target: string) => {
      const [path = ''] = target.split('#');
      if (path === '' || names.includes(path) || /^[a-z]+:/.test(target)) return whole;
      return `](${repository}/blob/main/${posix.join('docs', target)})`;
    });
    writeFileSync(join(folder, name), text);
  }
}

// --- internal ---

const LINK = /\]\(([^)\s]+)\)/g;
