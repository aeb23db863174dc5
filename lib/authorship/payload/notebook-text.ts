import { asArray, asObject, asString } from '../../base/json.ts';

/**
 * The sources of a notebook's cells, one after the other: what lines a notebook has, for whoever writes
 * them. Its JSON is written in another way by each program that saves it.
 *
 * @returns undefined when the text is not a notebook
 */
export function notebookText(json: string): string | undefined {
  let notebook;
  try {
    notebook = asObject(JSON.parse(json));
  } catch {
    return undefined;
  }
  if (!Array.isArray(notebook?.['cells'])) return undefined;
  const sources = asArray(notebook['cells']).map((cell) => {
    const source = asObject(cell)?.['source'];
    const text = asString(source) ?? asArray(source).map(asStringOrEmpty).join('');
    return text.replace(/\n$/, '');
  });
  return `${sources.join('\n')}\n`;
}

/** True for the path of a notebook. */
export function isNotebook(path: string): boolean {
  return path.toLowerCase().endsWith('.ipynb');
}

// --- internal ---

function asStringOrEmpty(value: unknown): string {
  return asString(value) ?? '';
}
