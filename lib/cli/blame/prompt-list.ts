import { ago } from '../../base/time-text.ts';
import { rangesOf, rangesText } from '../../pattern/line-range.ts';
import type { CliEnvironment } from '../environment.ts';
import { shortSession } from '../listing/row-text.ts';
import { painter } from '../listing/table.ts';
import { plainLines } from '../output/plain-text.ts';
import type { BlamedLine } from '../../blame/blamed-lines.ts';

/** The prompts behind lines, each whole and once, in the order of the lines. */
export function promptList(cli: CliEnvironment, lines: readonly BlamedLine[]): string {
  const paint = painter(cli.color);
  const prompts = new Map<string, { readonly lines: number[]; readonly of: BlamedLine }>();
  for (const line of lines) {
    if (line.by !== 'claude') continue;
    const key = `${line.prompt?.at ?? ''} ${line.writer?.sessionId ?? ''}`;
    const known = prompts.get(key);
    if (known) known.lines.push(line.line);
    else prompts.set(key, { lines: [line.line], of: line });
  }
  if (prompts.size === 0) return 'Claude is not known to have written any of these lines.\n';
  const blocks = [...prompts.values()].map(({ lines: numbers, of: { writer, prompt } }) => {
    const facts = [
      `${numbers.length === 1 ? 'line' : 'lines'} ${rangesText(rangesOf(numbers))}`,
      ...(writer ? [`session ${shortSession(writer.sessionId)}`] : []),
      ...(prompt ? [ago(prompt.at, cli.now())] : []),
    ];
    const text = prompt?.text ?? undefined;
    const body = text === undefined ? ['The prompt is not kept.'] : plainLines(text.trim());
    return `${[paint('dim', facts.join(' · ')), ...body].join('\n')}\n`;
  });
  return blocks.join('\n');
}
