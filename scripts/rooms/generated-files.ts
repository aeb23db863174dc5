import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lintOverrides, withImportRules } from './lint-overrides.ts';
import { withRoomList } from './room-list.ts';

/** A file with a part that is generated. */
export interface GeneratedFile {
  /** Its path below the repository. */
  readonly path: string;
  /** What the file says now. */
  readonly present: string;
  /** What it should say; for JSON without the line breaks of the formatter. */
  readonly wanted: string;
}

/**
 * Generates, without writing anything, the files with a part that comes from the import table.
 *
 * @param root The folder of the checkout.
 * @param sources Paths of its source files.
 */
export function generatedFiles(root: string, sources: readonly string[]): GeneratedFile[] {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const lint = read(LINT);
  const overrides = lintOverrides(sources, dependencies(read('package.json')));
  const configuration = withImportRules(JSON.parse(lint) as LintConfiguration, overrides);
  const agents = read(AGENTS);
  return [
    { path: LINT, present: lint, wanted: `${JSON.stringify(configuration, null, 2)}\n` },
    { path: AGENTS, present: agents, wanted: withRoomList(agents) },
  ];
}

// --- internal ---

const LINT = '.oxlintrc.json';
const AGENTS = 'AGENTS.md';

interface LintConfiguration {
  readonly overrides: readonly object[];
}

/** Every package that code could import: all but those that only hold the types of another one. */
function dependencies(manifest: string): string[] {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(manifest) as Record<
    string,
    Record<string, string>
  >;
  return Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies })
    .filter((name) => !name.startsWith('@types/'))
    .toSorted();
}
