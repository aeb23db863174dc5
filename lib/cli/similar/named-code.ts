import { counted } from '../../base/amount-text.ts';
import { TrackerError } from '../../base/errors.ts';
import { languageNamed, languageOf, UNKNOWN_LANGUAGE } from '../../pattern/language.ts';
import type { Database } from '../../store/database/database.ts';
import { patternById, patternsByPrefix } from '../../store/queries/patterns.ts';
import { ago } from '../../base/time-text.ts';
import { candidateOf, MAX_CANDIDATES } from '../arguments/id-prefix.ts';
import { UsageError } from '../arguments/usage-error.ts';
import { shownLines } from '../../blame/disk-lines.ts';
import { diskText } from '../../blame/disk-text.ts';
import { fileLinesOf } from '../blame/file-lines.ts';
import type { CliEnvironment } from '../environment.ts';

/** Code that the user named. */
export interface NamedCode {
  readonly code: string;
  /** As lib/pattern/language.ts names it. */
  readonly language: string;
  /** The pattern, if it was named by its id. */
  readonly patternId: string | undefined;
  /** What messages call it. */
  readonly name: string;
}

/**
 * Reads `FILE`, `FILE:12-40`, or `-` for standard input; undefined if there is no such file, and it may be the id of a
 * pattern.
 *
 * @param language what it is written in, where the name of a file does not tell
 * @throws TrackerError when a file cannot be read; UsageError when it has no such lines
 */
export async function codeOfFile(
  text: string,
  language: string | undefined,
  { cwd, input }: Pick<CliEnvironment, 'cwd' | 'input'>,
): Promise<NamedCode | undefined> {
  const given = language === undefined ? UNKNOWN_LANGUAGE : languageNamed(language);
  if (text === '-') {
    const code = await input();
    return { code, language: given, patternId: undefined, name: 'standard input' };
  }
  const { name, path, first, last } = fileLinesOf(text, cwd);
  const whole = diskText(path, name);
  if (whole === undefined) {
    if (isIdPrefix(text)) return undefined;
    throw new TrackerError('E_NO_FILE', `there is no file ${name}`, {
      hint: 'Name a file, lines of it as FILE:12-40, or the id of a pattern.',
    });
  }
  const lines = shownLines(whole);
  if (first > Math.max(1, lines.length)) {
    throw new UsageError(
      `${name} has no line ${first}`,
      `It has ${counted(lines.length, 'line')}.`,
    );
  }
  const code = lines.slice(first - 1, last).join('\n');
  const own = languageOf(path, whole);
  return {
    code,
    language: own === UNKNOWN_LANGUAGE ? given : own,
    patternId: undefined,
    name: text,
  };
}

/** The code of the pattern whose id begins so. @throws TrackerError E_NO_PATTERN, E_AMBIGUOUS_PATTERN */
export function codeOfPattern(
  database: Database | undefined,
  text: string,
  { now }: Pick<CliEnvironment, 'now'>,
): NamedCode {
  const prefix = text.toLowerCase();
  const candidates = database ? patternsByPrefix(database, prefix, MAX_CANDIDATES + 1) : [];
  const id = candidateOf('pattern', prefix, candidates, (candidate) => [
    candidate.language,
    candidate.name,
    ago(candidate.lastSeenAt, now()),
  ])?.id;
  const pattern = database && id !== undefined ? patternById(database, id) : undefined;
  if (!pattern) {
    throw new TrackerError('E_NO_PATTERN', `there is no file "${text}", and no pattern begins so`, {
      hint: '`pattern-tracker patterns` lists the patterns.',
    });
  }
  return {
    code: pattern.code,
    language: pattern.language,
    patternId: pattern.id,
    name: pattern.id,
  };
}

// --- internal ---

function isIdPrefix(text: string): boolean {
  return /^[0-9a-f]{1,16}$/i.test(text);
}
