/** A number with its noun for people, thousands apart: `1 session`, `2,000 sessions`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** A part of a whole, from 0 to 1, for people: `72 %`. Less than all is never 100 %, more than nothing never 0 %. */
export function shareText(share: number): string {
  const rounded = Math.round(share * 100);
  if (share < 1 && rounded === 100) return '99 %';
  return share > 0 && rounded === 0 ? '1 %' : `${rounded} %`;
}

/** Bytes for people, in decimal units: `512 B`, `1.2 MB`. */
export function byteText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
