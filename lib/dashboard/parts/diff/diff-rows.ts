/** A line of one side of a diff. */
interface DiffLine {
  /** Its number in the file, 1-based. */
  readonly at: number;
  readonly text: string;
}

/** A row of a diff with both texts beside each other. */
export type DiffRow =
  | { readonly kind: 'place'; readonly text: string }
  | {
      readonly kind: 'lines';
      /** Undefined where only the other side has a line. */
      readonly old: DiffLine | undefined;
      readonly now: DiffLine | undefined;
      readonly isSame: boolean;
    };

/** Lays out hunks in unified form: lines that take each other's place stand beside each other. */
export function diffRows(hunks: string): DiffRow[] {
  const rows: DiffRow[] = [];
  let [oldAt, nowAt] = [1, 1];
  let removed: DiffLine[] = [];
  let added: DiffLine[] = [];
  const settle = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1) {
      rows.push({ kind: 'lines', old: removed[at], now: added[at], isSame: false });
    }
    [removed, added] = [[], []];
  };
  for (const line of hunks.replace(/\n$/, '').split('\n')) {
    const [, oldStart, nowStart] = /^@@ -(\d+)\S* \+(\d+)\S* @@/.exec(line) ?? [];
    const text = line.slice(1);
    if (oldStart !== undefined && nowStart !== undefined) {
      settle();
      [oldAt, nowAt] = [Number(oldStart), Number(nowStart)];
      if (rows.length > 0) rows.push({ kind: 'place', text: '⋯' });
    } else if (line.startsWith('-')) removed.push({ at: oldAt++, text });
    else if (line.startsWith('+')) added.push({ at: nowAt++, text });
    else if (!line.startsWith('\\')) {
      settle();
      const [old, now] = [
        { at: oldAt++, text },
        { at: nowAt++, text },
      ];
      rows.push({ kind: 'lines', old, now, isSame: true });
    }
  }
  settle();
  return rows;
}
