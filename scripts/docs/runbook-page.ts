import { COMMANDS } from '../../lib/cli/command-list.ts';
import { CONTACTS_BEGIN, CONTACTS_END, contactLines } from '../../lib/install/pages/contacts.ts';
import type { Block, Section } from '../runbook/block.ts';
import { SECTIONS } from '../runbook/sections.ts';
import { writtenFrom } from './written-page.ts';
import type { WrittenPage } from './written-page.ts';

/** docs/RUNBOOK.md: what the drill runs, for people. */
export function runbookPage(): WrittenPage {
  const parts = SECTIONS.flatMap((section, at) => {
    const isNew = section.chapter !== SECTIONS[at - 1]?.chapter;
    return [...(isNew ? [`## ${section.chapter}`] : []), sectionText(section)];
  });
  const contacts = [CONTACTS_BEGIN, '', ...contactLines(undefined), '', CONTACTS_END].join('\n');
  return {
    path: 'docs/RUNBOOK.md',
    text: [writtenFrom('scripts/runbook/'), INTRODUCTION, contacts, ...parts, WHERE].join('\n\n'),
  };
}

// --- internal ---

const INTRODUCTION = `# Runbook

For whoever is called. Each block is lines to type, and what there is to see then; \`…\` stands for what differs. Commands are
for the machine on which Claude Code works, or, where it says so, for the one that serves. None of them loses anything: what it replaces it keeps, and it
says where. What an outage holds up waits in the spool and the outbox, and is sent once.

If you do not know what is wrong, type \`pattern-tracker recover\`: it looks at everything, says what it would do, asks, does it, and
proves that it works. \`pattern-tracker check\` only looks. While you are at it, \`pattern-tracker alerts silence api_down --for 2h\` keeps others from being called
([alerts](alerts.md)). Sections and steps have the names that they had in the runbook before this one. A message with a code \`E_…\` stands in [troubleshooting](TROUBLESHOOTING.md).`;

const WHERE = `## Where things are

| what | where |
| --- | --- |
| configuration | \`~/.claude/hooks/config.yaml\`; optional: \`resilience.yaml\`, \`logging.yaml\` beside it |
| program, and data in \`data/\` | \`~/.claude/hooks/pattern-tracker/\` |
| log | \`pattern-tracker logs\`; the file is \`data/logs/tracker.log\` |
| log of a service that \`recover\` has started | \`data/logs/serve.log\` |
| backups | \`data/backups/\`; of the configuration: \`data/config-backups/\` |
| dashboards, where [deployed](deployment.md) | \`http://localhost:3000/d/pattern-tracking\`, \`/d/pattern-performance\`, \`/d/pattern-errors\` |
| pages | [resilience guide](PATTERN_TRACKING_RESILIENCE_GUIDE.md), [reference](API_REFERENCE.md), [troubleshooting](TROUBLESHOOTING.md), as files in \`~/.claude/hooks/docs/\` |

| measure | normal | acceptable | critical |
| --- | --- | --- | --- |
| one operation (\`bench\`) | < 100 ms | < 500 ms | > 1000 ms |
| success rate (\`check\`) | > 95 % | | |
| cache hit rate, while the service answers | > 80 % | | |
`;

function sectionText({ title, about, blocks, escalate }: Section): string {
  const steps = blocks.filter(({ needs }) => needs === undefined || Object.hasOwn(COMMANDS, needs));
  return [
    `### ${title}`,
    about,
    ...steps.map((block, at) => blockText(block, at + 1)),
    escalate && `**Escalate:** ${escalate}`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

function blockText({ step, note, change, shell, sees, exitCode = 0 }: Block, at: number): string {
  const changed = change && [`In \`~/.claude/hooks/${change.file}\`:`, fence('yaml', change.yaml)];
  return [
    step && `**${at}. ${step}**`,
    note,
    ...(changed ?? []),
    fence('sh', shell),
    exitCode === 0 ? 'You see:' : `You see, with exit code ${exitCode}:`,
    fence('', sees.join('\n')),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}
