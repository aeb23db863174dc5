import { useEffect, useState } from 'preact/hooks';
import type { ColourAnswer, ColouredLine } from './coloured-line.ts';

/** More code stays without colours, in characters, … */
const MOST_CODE = 400_000;
/** … and so does code with a longer line. */
const LONGEST_LINE = 5_000;

/**
 * The lines of code with the kinds of their words; undefined until a worker has found them, and where there are none. The
 * worker is loaded when the first code is shown.
 */
export function useCodeColours(
  code: string,
  language: string,
): readonly ColouredLine[] | undefined {
  const [found, setFound] = useState<{
    readonly code: string;
    readonly lines: readonly ColouredLine[] | null;
  }>();
  useEffect(() => {
    if (code.length > MOST_CODE || code.split('\n').some((line) => line.length > LONGEST_LINE)) {
      return;
    }
    return askWorker(code, language, (lines) => setFound({ code, lines }));
  }, [code, language]);
  return found?.code === code ? (found.lines ?? undefined) : undefined;
}

// --- internal ---

let worker: Worker | undefined;
let asked = 0;
const waiting = new Map<number, (lines: readonly ColouredLine[] | null) => void>();

/** Returns what is called when the answer is not wanted any more. */
function askWorker(
  code: string,
  language: string,
  onLines: (lines: readonly ColouredLine[] | null) => void,
): () => void {
  const address = document.querySelector<HTMLMetaElement>('meta[name="code-colours"]')?.content;
  if (!address) return () => {};
  if (worker === undefined) {
    worker = new Worker(address, { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<ColourAnswer>) => {
      waiting.get(data.id)?.(data.lines);
      waiting.delete(data.id);
    });
  }
  asked += 1;
  const id = asked;
  waiting.set(id, onLines);
  worker.postMessage({ id, code, language });
  return () => waiting.delete(id);
}
