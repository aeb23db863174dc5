import { codeSpan, fenced } from '../output/markdown.ts';
import type { PageBlock } from './timeline-page.ts';

/** A page as Markdown. Whatever was recorded stands in code, so that nothing of it is markup, a link or a mention. */
export function pageMarkdown(blocks: readonly PageBlock[]): string {
  return `${blocks.map(blockText).join('\n')}\n`;
}

// --- internal ---

function blockText(block: PageBlock): string {
  switch (block.kind) {
    case 'title':
      return `# ${codeSpan(block.text)}\n`;
    case 'facts':
    case 'files':
      return `${block.facts.map(([name, text]) => `- ${codeSpan(name)}${text === '' ? '' : `: ${codeSpan(text)}`}`).join('\n')}\n`;
    case 'heading':
      return `\n## ${codeSpan(block.text)}\n${block.prompt === null ? '' : `\n${fenced(block.prompt, 'text')}\n`}`;
    case 'call': {
      const { tool, what, outcome, took, lines, notes, time } = block;
      const facts = [outcome, took, lines].filter((fact) => fact !== '').join(', ');
      const more = notes.map((note) => `; ${codeSpan(note)}`).join('');
      return `${indent(block.depth)}- ${time} ${codeSpan(tool)} ${codeSpan(what)}: ${facts}${more}`;
    }
    case 'agent':
      return `${indent(block.depth)}- ${codeSpan(block.text)}`;
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
      return `\n${codeSpan(block.text)}\n`;
  }
}

function indent(depth: number): string {
  return '  '.repeat(depth);
}
