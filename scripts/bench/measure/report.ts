import { arch, cpus, platform } from 'node:os';
import { renderTable } from '../../../lib/cli/listing/table.ts';
import type { Paint } from '../../../lib/cli/listing/table.ts';
import { isReached } from './benchmark.ts';
import type { Limit, Result } from './benchmark.ts';

/** A line of the report: a result, or why a benchmark gave none. */
export type Line = { readonly name: string } & (
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'not-run' | 'failed'; readonly reason: string }
);

/** Describes the machine at the top of the report, because figures of two machines cannot be compared. */
export function machine(): string {
  return `Node.js ${process.version}, ${platform()} ${arch()}, ${cpus().length} cores`;
}

/** The report for people. */
export function renderReport(lines: readonly Line[], color: boolean): string {
  return renderTable(
    { isTTY: false, columns: 0, color },
    [
      { title: 'benchmark', cell: ({ name }) => name },
      { title: 'what', cell: (line) => (line.kind === 'result' ? line.result.what : '') },
      {
        title: 'ours',
        cell: (line) => (line.kind === 'result' ? line.result.ours : '-'),
        align: 'right',
      },
      {
        title: 'floor',
        cell: (line) => (line.kind === 'result' ? (line.result.floor ?? '-') : '-'),
        align: 'right',
      },
      { title: 'ratio', cell: valueText, align: 'right' },
      {
        title: 'limit',
        cell: (line) => (line.kind === 'result' ? limitText(line.result.limit) : '-'),
        align: 'right',
      },
      {
        title: 'verdict',
        cell: verdict,
        paint: verdictPaint,
      },
    ],
    lines,
  );
}

/** The report for programs. */
export function reportJson(lines: readonly Line[], at: Date): string {
  const benchmarks = lines.map((line) =>
    line.kind === 'result'
      ? {
          name: line.name,
          what: line.result.what,
          ours: line.result.ours,
          floor: line.result.floor,
          value: line.result.value,
          unit: line.result.limit?.unit ?? null,
          limit: limitJson(line.result.limit),
          verdict: verdict(line),
        }
      : { name: line.name, verdict: verdict(line) },
  );
  return `${JSON.stringify({ at: at.toISOString(), machine: machine(), benchmarks }, null, 2)}\n`;
}

// --- internal ---

const SIGNS: Readonly<Record<Limit['kind'], string>> = {
  'at most': '<=',
  'less than': '<',
  'at least': '>=',
};

function limitJson(limit: Limit | null): object | null {
  return limit && { [limit.kind.replace(' ', '_')]: limit.value };
}

function limitText(limit: Limit | null): string {
  if (!limit) return '-';
  const { kind, value, unit } = limit;
  return `${SIGNS[kind]} ${value}${unit === 'x' ? 'x' : ` ${unit}`}`;
}

function valueText(line: Line): string {
  if (line.kind !== 'result') return '-';
  const { value, limit } = line.result;
  if (!limit) return '-';
  return limit.unit === 'x'
    ? `${value.toFixed(3)}x`
    : `${Number(value.toPrecision(3))} ${limit.unit}`;
}

function verdict(line: Line): string {
  if (line.kind === 'result') {
    if (!line.result.limit) return 'reported';
    return isReached(line.result) ? 'ok' : 'not reached';
  }
  return `${line.kind === 'not-run' ? 'not run' : 'failed'}: ${line.reason}`;
}

function verdictPaint(line: Line): Paint {
  if (line.kind === 'not-run') return 'yellow';
  return line.kind === 'result' && isReached(line.result) ? 'green' : 'red';
}
