import { ago } from '../../base/time-text.ts';
import type { CliEnvironment } from '../environment.ts';
import { shortSession } from '../listing/row-text.ts';
import type { Column } from '../listing/table.ts';
import type { BlamedLine } from '../../blame/blamed-lines.ts';

/** The columns of `blame`. A narrow terminal keeps the line, who wrote it and when, the prompt and the code. */
export function blameColumns(
  lines: readonly BlamedLine[],
  { now }: Pick<CliEnvironment, 'now'>,
): Column<BlamedLine>[] {
  const modelColumn: Column<BlamedLine> = { title: 'MODEL', cell: modelText, rank: 6 };
  return [
    { title: 'LINE', cell: ({ line }) => String(line), align: 'right', isWhole: true },
    {
      title: 'WHO',
      cell: whoText,
      isWhole: true,
      paint: ({ by }) => (by === 'claude' ? 'yellow' : 'dim'),
    },
    {
      title: 'WHEN',
      cell: ({ writer }) => (writer ? ago(writer.at, now()) : ''),
      isWhole: true,
      rank: 1,
    },
    { title: 'TOOL', cell: ({ writer }) => writer?.toolName ?? '', rank: 4 },
    ...(lines.some((line) => modelText(line) !== '') ? [modelColumn] : []),
    {
      title: 'GEN',
      cell: ({ writer }) => String(writer?.generation ?? ''),
      align: 'right',
      isWhole: true,
      rank: 5,
    },
    { title: 'SURE', cell: ({ confidence }) => confidence, isWhole: true, rank: 3 },
    { title: 'PROMPT', cell: ({ prompt }) => promptText(prompt?.text), least: 10, rank: 2 },
    { title: 'CODE', cell: ({ text }) => text.replaceAll('\t', '  '), least: 17 },
  ];
}

// --- internal ---

/** As many characters of a prompt as tell it from others; a program reads `--json`. */
const MAX_PROMPT = 40;

/** The session; whom else a line is of. */
function whoText({ by, writer }: BlamedLine): string {
  if (by === 'other') return 'not Claude';
  if (by === 'unknown') return 'unknown';
  return writer ? shortSession(writer.sessionId) : 'Claude';
}

/** The model; of a subagent, whose model is not known, its kind. */
function modelText({ writer }: BlamedLine): string {
  return writer?.model ?? writer?.agentType ?? '';
}

function promptText(text: string | null | undefined): string {
  const line = (text ?? '').replaceAll(/\s+/g, ' ');
  return line.length > MAX_PROMPT ? `${line.slice(0, MAX_PROMPT - 1).trimEnd()}…` : line;
}
