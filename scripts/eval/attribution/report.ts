import { emptyScore } from './score.ts';
import type { Count, Score } from './score.ts';

/** The score of one kind of history. */
export interface KindScore {
  readonly name: string;
  readonly score: Score;
}

/** A limit, and what was measured. */
export interface Verdict {
  readonly what: string;
  readonly limit: string;
  readonly value: string;
  readonly reached: boolean;
}

/** What is asked for, and whether it is reached. A limit of which nothing was tried is left out. */
export function verdict(scores: readonly KindScore[], languages: readonly string[]): Verdict[] {
  const all = sum(scores.map(({ score }) => score));
  const of = (name: string): Count =>
    sum(scores.filter((kind) => kind.name.startsWith(name)).map(({ score }) => score)).lines;
  const withOriginal = scores
    .filter(({ name }) => !name.startsWith('without'))
    .map(({ score }) => score);
  return [
    atLeast('right event, over all', all.lines, 99.3),
    atLeast('right event, human edits', of('human edits'), 99.5),
    atLeast('right event, formatter', of('formatter'), 99.5),
    atLeast('right event, renamed', of('renamed'), 92),
    atLeast('right event, moved across files', of('moved across'), 85),
    atMost("people's lines called Claude's", all.falseClaude, 0.8),
    atLeast('line ranges, original sent', sum(withOriginal).ranges, 100),
    atLeast('parent, undisturbed', all.parents.no, 98),
    atLeast('parent, after a change unseen', all.parents.yes, 95),
    atLeast('parent, renamed', all.parents.renamed, 90),
    atLeast('generation', all.generations, 95),
    ...figure('CPU an event', all.cost.milliseconds / all.cost.events, 1, 'ms'),
    ...figure('state of a file, repacked', all.size.bytes / all.size.files, 1024, 'bytes'),
    {
      what: 'languages',
      limit: 'at least 8',
      value: String(languages.length),
      reached: languages.length >= 8,
    },
  ].filter(({ value }) => value !== '-');
}

/** The report as a person reads it. */
export function renderReport(scores: readonly KindScore[], languages: readonly string[]): string {
  const columns = [
    'kind',
    'lines',
    'right',
    'false Claude',
    'missed',
    'ranges',
    'parent',
    'disturbed',
    'renamed',
    'generation',
    'ms',
    'bytes',
  ];
  const row = (name: string, score: Score): string[] => [
    name,
    String(score.lines.all),
    percent(score.lines),
    percent(score.falseClaude),
    percent(score.missed),
    percent(score.ranges),
    percent(score.parents.no),
    percent(score.parents.yes),
    percent(score.parents.renamed),
    percent(score.generations),
    (score.cost.milliseconds / score.cost.events).toFixed(2),
    (score.size.bytes / score.size.files).toFixed(0),
  ];
  const all = sum(scores.map(({ score }) => score));
  const table = [columns, ...scores.map(({ name, score }) => row(name, score)), row('all', all)];
  const limits = verdict(scores, languages).map(({ what, limit, value, reached }) => [
    reached ? 'reached' : 'MISSED',
    what,
    limit,
    value,
  ]);
  return [
    "In percent: lines with the right author; of those of people, called Claude's; of Claude's, called nobody's;",
    'line ranges, parents (undisturbed, after a change unseen, renamed) and generations that are right.',
    '',
    ...aligned(table),
    '',
    ...aligned(limits),
    '',
    "Bytes of a file's state: after the courier's hourly upkeep, which repacks what was untouched for ten minutes. As ingest",
    `leaves it, it takes ${(all.size.bytesAtFirst / all.size.files).toFixed(0)}; repacking takes ${(all.size.repackMilliseconds / all.size.files).toFixed(1)} ms of CPU a file, once.`,
    '',
    `Languages: ${languages.join(', ')}`,
    '',
  ].join('\n');
}

/** The report as JSON, one document. */
export function reportJson(scores: readonly KindScore[], languages: readonly string[]): string {
  const kinds = Object.fromEntries(scores.map(({ name, score }) => [name, score]));
  const all = sum(scores.map(({ score }) => score));
  return `${JSON.stringify({ all, kinds, languages, verdict: verdict(scores, languages) }, null, 2)}\n`;
}

// --- internal ---

function sum(scores: readonly Score[]): Score {
  const total = emptyScore();
  for (const score of scores) {
    for (const key of ['lines', 'falseClaude', 'missed', 'ranges', 'generations'] as const) {
      add(total[key], score[key]);
    }
    for (const key of ['no', 'yes', 'renamed'] as const)
      add(total.parents[key], score.parents[key]);
    total.cost.events += score.cost.events;
    total.cost.milliseconds += score.cost.milliseconds;
    for (const key of ['files', 'bytesAtFirst', 'bytes', 'repackMilliseconds'] as const)
      total.size[key] += score.size[key];
  }
  return total;
}

function add(total: Count, count: Count): void {
  total.right += count.right;
  total.all += count.all;
}

function percent({ right, all }: Count): string {
  return all === 0 ? '-' : ((100 * right) / all).toFixed(2);
}

function atLeast(what: string, count: Count, limit: number): Verdict {
  const reached = 100 * count.right >= limit * count.all;
  return { what, limit: `at least ${limit} %`, value: percent(count), reached };
}

function atMost(what: string, count: Count, limit: number): Verdict {
  const reached = 100 * count.right <= limit * count.all;
  return { what, limit: `at most ${limit} %`, value: percent(count), reached };
}

function figure(what: string, value: number, limit: number, unit: string): Verdict[] {
  return [
    { what, limit: `at most ${limit} ${unit}`, value: value.toFixed(2), reached: value <= limit },
  ];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => (row[at] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  );
}
