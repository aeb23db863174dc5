import { byteText, counted } from '../../base/amount-text.ts';
import { localTime } from '../../base/time-text.ts';
import { renderTable } from '../listing/table.ts';
import { plainLine } from '../output/plain-text.ts';
import type { CliEnvironment } from '../environment.ts';
import type { ForgetPreview, ForgetReport, ForgetServer } from './forget-report.ts';

/** What would be erased, for people. `waiting`: events in the spool, which are taken in first. */
export function previewText(
  cli: CliEnvironment,
  { wouldRemove, spans, backups, servers }: ForgetPreview,
  waiting: number,
): string {
  const { sessions, patterns, keptPatterns, outbox, payloads } = wouldRemove;
  const untimed = { oldest: null, newest: null };
  const rows = [
    ...spans,
    { kind: 'sessions', count: sessions, ...untimed },
    { kind: 'patterns', count: patterns, ...untimed },
    { kind: 'outbox', count: outbox, ...untimed },
    { kind: 'payloads', count: payloads, ...untimed },
  ].filter(({ count }) => count > 0);
  const lines = [
    ...(keptPatterns > 0
      ? [
          `${counted(keptPatterns, 'pattern')} will stay, because other code or another session wrote the same.`,
        ]
      : []),
    ...(waiting > 0 ? [`${counted(waiting, 'event')} in the spool will be taken in first.`] : []),
    ...servers.map(serverLine),
    ...backups.map(
      ({ path, bytes }) => `${path} (${byteText(bytes)}) may hold it, too: --backups rewrites it.`,
    ),
  ];
  if (rows.length === 0)
    return ['Nothing that was recorded is meant.', ...lines].map(line).join('');
  const table = renderTable<(typeof rows)[number]>(
    cli,
    [
      { title: 'KIND', cell: ({ kind }) => kind, isWhole: true },
      { title: 'COUNT', align: 'right', cell: ({ count }) => count.toLocaleString('en-US') },
      { title: 'OLDEST', cell: ({ oldest }) => (oldest === null ? '' : localTime(oldest)) },
      { title: 'NEWEST', cell: ({ newest }) => (newest === null ? '' : localTime(newest)) },
    ],
    rows,
  );
  return table + lines.map(line).join('');
}

/** What was erased, for people. */
export function doneText({ done, rows, backups, servers, verified }: ForgetReport): string {
  const { files, bytes, values, found, kept, isWiped } = verified;
  const searched = `Searched ${counted(files, 'file')} (${byteText(bytes)}) for ${counted(values, 'erased text')}`;
  return [
    `Erased: ${[
      counted(rows.events, 'event'),
      counted(rows.toolCalls, 'tool call'),
      counted(rows.sessions, 'session'),
      counted(rows.patterns, 'pattern'),
      counted(rows.occurrences, 'occurrence'),
      counted(rows.outbox, 'outbox row'),
      counted(done.quarantineFiles, 'quarantined file'),
      counted(done.logLines, 'log line'),
    ].join(', ')}.`,
    ...(rows.keptPatterns > 0
      ? [
          `${counted(rows.keptPatterns, 'pattern')} stayed, because other code or another session wrote the same.`,
        ]
      : []),
    ...servers.map(serverLine),
    ...(rows.keptPatterns > 0 && servers.some(({ recalls }) => recalls)
      ? ['What the server was told of the patterns that stayed is still there.']
      : []),
    ...backups.map(({ path, isRewritten, holds, error }) => {
      if (isRewritten) return `Rewritten: ${path}`;
      if (error !== null) return `Not rewritten: ${path}: ${error}. Remove it: rm '${path}'`;
      return `${path} ${holds ? 'still holds it' : 'may still hold some of it'}: --backups rewrites it, rm removes it.`;
    }),
    values === 0
      ? 'Nothing could be verified: what was erased is too short to be searched for. --match searches for any text.'
      : found.length === 0
        ? `${searched}: none is left.`
        : `${searched}; left:`,
    ...found.map((file) => `  ${file.path}: ${counted(file.values, 'text')}`),
    ...(kept > 0
      ? [
          `${counted(kept, 'text')} also ${kept === 1 ? 'stands' : 'stand'} in what was not to be erased: see --match.`,
        ]
      : []),
    ...(isWiped
      ? []
      : [
          'Another program uses the database, or the disk is too full: unused parts of the file still hold it until the courier rewrites it.',
        ]),
  ]
    .map(line)
    .join('');
}

// --- internal ---

function line(text: string): string {
  return `${plainLine(text)}\n`;
}

function serverLine({ noun, server, deletions, recalls }: ForgetServer): string {
  if (!recalls) return `The ${noun} ${server} keeps what it has received: ask whoever runs it.`;
  if (deletions === 0) return `The ${noun} ${server} knows none of these patterns.`;
  return `The ${noun} ${server} is told to delete ${counted(deletions, 'pattern')}, with the next courier or \`flush\`.`;
}
