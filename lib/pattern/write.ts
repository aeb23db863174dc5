import { asString } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import type { Fragment } from './fragment.ts';
import { languageOf } from './language.ts';

/** The whole content that a Write wrote. */
export function writeFragments(input: JsonObject, response: JsonObject): Fragment[] {
  const content = asString(input['content']);
  const filePath = asString(response['filePath']) ?? asString(input['file_path']);
  return content === undefined || !filePath ? [] : [wholeFile(filePath, content)];
}

/** The fragment of a file that was written whole. */
export function wholeFile(filePath: string, content: string): Fragment {
  return {
    code: content,
    replaces: { kind: 'file' },
    wholeFile: true,
    filePath,
    language: languageOf(filePath, content),
    startLine: 1,
    endLine: countLines(content),
  };
}

// --- internal ---

function countLines(content: string): number {
  let lines = 1;
  let at = content.indexOf('\n');
  while (at !== -1 && at < content.length - 1) {
    lines += 1;
    at = content.indexOf('\n', at + 1);
  }
  return lines;
}
