import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { InvariantError } from '../../lib/base/errors.ts';
import { configSchema } from '../../lib/config/config.ts';

/**
 * Writes the types of the library into `folder`: one .d.ts for each module that index.d.ts needs. They use no
 * package, so that they hold for users who have none of ours. Nothing is checked: `npm run types` does that.
 *
 * @throws InvariantError when they still use a package
 */
export async function writeTypes(folder: string): Promise<void> {
  const compiler = join('node_modules', 'typescript', 'bin', 'tsc');
  const project = ['-p', 'tsconfig.types.json', '--noCheck', '--outDir', folder];
  await promisify(execFile)(process.execPath, [compiler, ...project]);
  writeFileSync(join(folder, 'library', 'config-input.d.ts'), configInput());
  const needed = modulesOf(join(folder, 'index.d.ts'));
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (name.endsWith('.d.ts') && !needed.has(path)) rmSync(path);
  }
  pruneEmpty(folder);
}

// --- internal ---

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  /** The properties that must be there: in the items of lists. */
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly description?: string;
  readonly default?: unknown;
}

/** A module and all that it imports. */
function modulesOf(entry: string): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, name = ''] of text.matchAll(/(?:from |import\()['"]([^'"]+)['"]/g)) {
      if (!name.startsWith('.')) {
        throw new InvariantError(`${relative(dirname(entry), file)} uses the package ${name}`);
      }
      waiting.push(join(dirname(file), name).replace(/\.ts$/, '.d.ts'));
    }
  }
  return found;
}

/** The type of the configuration as it is given, from its schema, with descriptions and defaults. */
function configInput(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' });
  return `/** Settings as in config.yaml; every key is optional. */\nexport type ConfigInput = ${typeText(schema as JsonSchema, '')};\n`;
}

function typeText(schema: JsonSchema, indent: string): string {
  const { anyOf, properties, type } = schema;
  if (anyOf) return anyOf.map((one) => typeText(one, indent)).join(' | ');
  if (schema.enum) return schema.enum.map((value) => `'${value}'`).join(' | ');
  if (schema.items) return `(${typeText(schema.items, indent)})[]`;
  if (properties) {
    const inner = `${indent}    `;
    const lines = Object.entries(properties).map(([name, one]) => {
      const [mark, end] = schema.required?.includes(name) ? ['', ''] : ['?', ' | undefined'];
      return `${docText(one, inner)}${inner}${name}${mark}: ${typeText(one, inner)}${end};`;
    });
    return `{\n${lines.join('\n')}\n${indent}}`;
  }
  const names = typeof type === 'string' ? [type] : (type ?? ['unknown']);
  return names.map((name) => (name === 'integer' ? 'number' : name)).join(' | ');
}

function docText({ description, default: value }: JsonSchema, indent: string): string {
  if (description === undefined) return '';
  return `${indent}/** ${description}. @default ${JSON.stringify(value)} */\n`;
}

/** Removes folders without files. */
function pruneEmpty(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = join(folder, entry.name);
    pruneEmpty(path);
    if (readdirSync(path).length === 0) rmSync(path, { recursive: true });
  }
}
