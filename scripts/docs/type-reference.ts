import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { InvariantError } from '../../lib/base/errors.ts';
import { writeTypes } from '../build/published-types.ts';

/** Every class and type that the package exports, from the declarations that are published. */
export async function typeReference(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'types-'));
  try {
    await writeTypes(folder);
    const index = readFileSync(join(folder, 'index.d.ts'), 'utf8');
    const exported = [...index.matchAll(/export (?:type )?\{([^}]*)\} from '([^']*)'/g)];
    const declarations = exported.flatMap(([, names = '', file = '']) => {
      const text = readFileSync(
        join(folder, dirname(file), `${file.split('/').at(-1)?.replace(/\.ts$/, '')}.d.ts`),
        'utf8',
      );
      return names.split(',').map((name) => declarationOf(name.trim(), text));
    });
    return `\`\`\`ts\n${declarations.join('\n\n')}\n\`\`\``;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// --- internal ---

/** A declaration with its comment, and without what is private. */
function declarationOf(name: string, file: string): string {
  const start = new RegExp(`^export (?:declare )?(?:class|interface|type) ${name}\\b`, 'm').exec(
    file,
  );
  // A type may end in its first line; everything else ends with the first bracket that is not indented.
  const [body] =
    (start && /^(?:export type [^{]*?;$|[^]*?^\};?$)/m.exec(file.slice(start.index))) ?? [];
  if (!start || body === undefined) throw new InvariantError(`no declaration of ${name} is found`);
  const comment = /\/\*\*(?:(?!\*\/)[^])*\*\/\s*$/.exec(file.slice(0, start.index))?.[0].trim();
  const shown = body.replace(/^export (?:declare )?/, '').replaceAll(/^ {4}#private;\n/gm, '');
  return [...(comment ? [comment] : []), shown].join('\n');
}
