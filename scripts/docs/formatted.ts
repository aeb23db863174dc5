import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** A file's text as the formatter would leave it. */
export function formatted(root: string, path: string, text: string): string {
  const formatter = join(root, 'node_modules', 'oxfmt', 'bin', 'oxfmt');
  return execFileSync(process.execPath, [formatter, `--stdin-filepath=${path}`], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  });
}
