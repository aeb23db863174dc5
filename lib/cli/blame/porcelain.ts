import { hexDigest } from '../../base/digest.ts';
import { gitPath } from '../diff/git-path.ts';
import type { BlamedLine } from '../../blame/blamed-lines.ts';

/** What a file is called there, and the time that lines get that are not Claude's, in milliseconds since 1970. */
export interface PorcelainOptions {
  readonly filename: string;
  readonly now: number;
}

/**
 * Writes lines as `git blame --porcelain` does, for editors. A tool call takes the place of a commit: its id is a
 * digest. 40 zeros and the present time stand, as with git, for what was not committed: here for what is not Claude's.
 */
export function porcelain(lines: readonly BlamedLine[], options: PorcelainOptions): string {
  const named = new Set<string>();
  return groupsOf(lines)
    .flatMap(({ id, group }) =>
      group.flatMap((line, index) => {
        const count = index === 0 ? ` ${group.length}` : '';
        const head = named.has(id) ? [] : commitLines(line, options);
        named.add(id);
        return [`${id} ${line.line} ${line.line}${count}`, ...head, `\t${line.text}\n`].join('\n');
      }),
    )
    .join('');
}

// --- internal ---

/** As git has it for a line that was not committed. */
const NO_COMMIT = '0'.repeat(40);

function commitOf({ by, eventId }: BlamedLine): string {
  if (by === 'other') return NO_COMMIT;
  return hexDigest(by === 'unknown' ? 'unknown' : (eventId ?? ''), NO_COMMIT.length);
}

/** Lines of one commit that stand together. */
function groupsOf(lines: readonly BlamedLine[]) {
  const groups: { readonly id: string; readonly group: BlamedLine[] }[] = [];
  for (const line of lines) {
    const id = commitOf(line);
    const last = groups.at(-1);
    if (last?.id === id) last.group.push(line);
    else groups.push({ id, group: [line] });
  }
  return groups;
}

function commitLines(line: BlamedLine, { filename, now }: PorcelainOptions): string[] {
  const { name, mail, at } = personOf(line, now);
  const seconds = Math.floor(at / 1000);
  return [
    ...['author', 'committer'].flatMap((role) => [
      `${role} ${name}`,
      `${role}-mail <${mail}>`,
      `${role}-time ${seconds}`,
      `${role}-tz +0000`,
    ]),
    `summary ${summaryOf(line)}`,
    `filename ${gitPath(filename)}`,
  ];
}

function personOf({ by, writer }: BlamedLine, now: number) {
  if (by === 'other') return { name: 'Not Claude', mail: 'not.claude', at: now };
  if (by === 'unknown') return { name: 'Unknown', mail: 'unknown', at: now };
  const model = writer?.model ?? undefined;
  return {
    name: model === undefined ? 'Claude' : `Claude (${oneLine(model)})`,
    mail: oneLine(writer?.sessionId ?? 'unknown'),
    at: writer?.at ?? now,
  };
}

function summaryOf({ by, writer, prompt }: BlamedLine): string {
  if (by === 'other') return 'Not written by a recorded call of Claude';
  if (by === 'unknown') return 'Nothing is known of this line';
  const words = Array.from(oneLine(prompt?.text ?? ''))
    .slice(0, MAX_SUMMARY)
    .join('');
  if (words !== '') return words;
  return writer ? `${writer.toolName ?? 'A call'} without a prompt` : 'A call past retention';
}

/** The longest summary, in characters. */
const MAX_SUMMARY = 100;

/** Without what would end the line, or the address in its brackets. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s<>\p{Cc}]+/gu, ' ').trim();
}
