/** The widths of the columns of the drill's table, in characters; the last one is as wide as it has to be. */
const WIDTHS = [2, 1, 7, 52, 29];

/** A row of the drill's table. */
export function columnsText(cells: readonly string[]): string {
  return cells
    .map((cell, at) => cell.padEnd(WIDTHS[at] ?? 0))
    .join('  ')
    .trimEnd();
}
