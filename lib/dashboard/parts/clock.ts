import { useEffect, useState } from 'preact/hooks';
import { useClient } from '../frame/client-side.ts';

/**
 * The time in milliseconds since 1970, as `text` words it, and again every second; only what reads differently is drawn
 * again.
 */
export function useTicking(text: (now: number) => string): string {
  const { at } = useClient();
  const [shown, setShown] = useState(() => text(at));
  useEffect(() => {
    const tick = () => setShown(text(Date.now()));
    tick();
    ticks.add(tick);
    timer ??= setInterval(() => {
      for (const one of ticks) one();
    }, 1_000);
    return () => {
      ticks.delete(tick);
      if (ticks.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  }, [text]);
  return shown;
}

// --- internal ---

/** One timer for all texts, so that they change together. */
const ticks = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
