import { asArray, asObject, asString } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import { parseHunks } from '../event/hunk.ts';
import type { Hunk } from '../event/hunk.ts';
import type { Fragment, WrittenText } from './fragment.ts';
import { languageOf } from './language.ts';
import { wholeFile } from './write.ts';

/** What a Bash command wrote: each new file whole, and each run of changed lines of the others. */
export function bashTexts(response: JsonObject): WrittenText[] {
  return asArray(asObject(response['bashEditDiff'])?.['files']).flatMap((entry) => {
    const file = asObject(entry);
    const filePath = asString(file?.['filePath']);
    if (file === undefined || !filePath) return [];
    const hunks = parseHunks(file['hunks']);
    if (file['created'] === true)
      return [[wholeFile(filePath, contentOf(hunks), { original: '' })]];
    const language = languageOf(filePath);
    return hunks.flatMap(runsOf).map((run) => [{ ...run, filePath, language }]);
  });
}

// --- internal ---

type Run = Omit<Fragment, 'filePath' | 'language'>;

function contentOf(hunks: readonly Hunk[]): string {
  const lines = hunks.flatMap((hunk) => hunk.lines.filter(({ sign }) => sign === '+'));
  const newline = hunks.at(-1)?.endsWithNewline === false ? '' : '\n';
  return lines.map(({ text }) => text).join('\n') + newline;
}

/** Each run of consecutive `-` and `+` lines that added something. */
function runsOf(hunk: Hunk): Run[] {
  const runs: Run[] = [];
  let line = hunk.newStart;
  let added: string[] = [];
  let removed: string[] = [];
  const close = (): void => {
    if (added.length > 0) {
      const lines = { startLine: line - added.length, endLine: line - 1 };
      runs.push({
        code: added.join('\n'),
        replaces:
          removed.length > 0 ? { kind: 'text', text: removed.join('\n') } : { kind: 'nothing' },
        wholeFile: false,
        ...lines,
        changedLines: [lines],
      });
    }
    added = [];
    removed = [];
  };
  for (const { sign, text } of hunk.lines) {
    if (sign === '-') {
      removed.push(text);
      continue;
    }
    if (sign === '+') added.push(text);
    else close();
    line += 1;
  }
  close();
  return runs;
}
