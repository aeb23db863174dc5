/** How `whileAlive` waits. Times are in milliseconds. */
export interface LivenessOptions {
  /** When to ask for the first time whether the other side is alive. */
  readonly firstLookMs: number;
  readonly everyMs: number;
  /** When to give up although it is alive. */
  readonly mostMs: number;
  /** Never rejects. */
  readonly isAlive: () => Promise<boolean>;
  /** Makes the error of giving up, from the time that was waited. */
  readonly late: (ms: number) => Error;
}

/** Settles as `work` does, or rejects once the other side is no longer alive. `work` is not stopped. */
export async function whileAlive<T>(
  work: PromiseLike<T>,
  { firstLookMs, everyMs, mostMs, isAlive, late }: LivenessOptions,
): Promise<T> {
  const begun = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let isSettled = false;
  const silence = new Promise<never>((_, reject) => {
    const look = async () => {
      const waited = performance.now() - begun;
      if (waited < mostMs && (isSettled || (await isAlive()))) {
        if (!isSettled) timer = setTimeout(() => void look(), everyMs);
      } else reject(late(Math.round(performance.now() - begun)));
    };
    timer = setTimeout(() => void look(), firstLookMs);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    isSettled = true;
    clearTimeout(timer);
  }
}
