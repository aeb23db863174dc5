/** Every day from the first to the last of some: `2026-11-01`. */
export function daysBetween(days: readonly string[]): string[] {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return [];
  const all: string[] = [];
  for (let at = Date.parse(first); at <= Date.parse(last); at += DAY_MS) {
    all.push(new Date(at).toISOString().slice(0, 10));
  }
  return all;
}

// --- internal ---

const DAY_MS = 86_400_000;
