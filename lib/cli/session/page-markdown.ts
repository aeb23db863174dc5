import { codeSpan, fenced, plainOrCode } from '../output/markdown.ts';
import type { PageBlock } from './timeline-page.ts';

/** A page as Markdown. What may be markup, a link or a mention stands in code. */
export function pageMarkdown(blocks: readonly PageBlock[]): string {
  return `${blocks.map(blockText).join('\n')}\n`;
}

// --- internal ---

function blockText(block: PageBlock): string {
  switch (block.kind) {
    case 'title':
      return `# ${plainOrCode(block.text)}\n`;
    case 'facts':
      return listed(block.facts, (name) => `**${plainOrCode(name)}**`);
    case 'files':
      return listed(block.facts, codeSpan);
    case 'heading':
      return `\n## ${plainOrCode(block.text)}\n${block.prompt === null ? '' : `\n${fenced(block.prompt, 'text')}\n`}`;
    case 'call': {
      const { tool, what, outcome, took, lines, notes, time } = block;
      const facts = [outcome, took, lines].filter((fact) => fact !== '').join(', ');
      const more = notes.map((note) => `; ${plainOrCode(note)}`).join('');
      return `${indent(block.depth)}- ${time} ${codeSpan(tool)} ${codeSpan(what)}: ${facts}${more}`;
    }
    case 'agent':
      return `${indent(block.depth)}- ${plainOrCode(block.text)}`;
    case 'diff': {
      const space = indent(block.depth + 1);
      const lines = [
        codeSpan(block.title),
        '',
        ...fenced(block.text.trimEnd(), 'diff').split('\n'),
      ];
      return `\n${lines.map((line) => `${space}${line}`).join('\n')}\n`;
    }
    case 'note':
      return `\n${plainOrCode(block.text)}\n`;
  }
}

function listed(
  facts: readonly (readonly [string, string])[],
  shown: (name: string) => string,
): string {
  const lines = facts.map(([name, text]) =>
    text === '' ? `- ${shown(name)}` : `- ${shown(name)}: ${plainOrCode(text)}`,
  );
  return `${lines.join('\n')}\n`;
}

function indent(depth: number): string {
  return '  '.repeat(depth);
}
