import { span } from '../../../base/time-text.ts';

/** A length of time in milliseconds; `null` is shown as a dash. */
export function Length({ ms }: { readonly ms: number | null }) {
  return ms === null ? <span class="dim">–</span> : <span class="num">{span(ms)}</span>;
}
