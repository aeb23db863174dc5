import type { CsvCell } from '../pages/page.ts';

/** Rows as CSV (RFC 4180). A text that a spreadsheet would compute gets a quote before it. */
export function csvText(rows: readonly Readonly<Record<string, CsvCell>>[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => columns.map((column) => field(row[column] ?? null)));
  return [columns.map(field), ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

// --- internal ---

function field(cell: CsvCell): string {
  const text = typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : `${cell ?? ''}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
