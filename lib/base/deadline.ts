/** Settles as `promise` does; if that takes longer than `ms` milliseconds, rejects with what `late` makes. */
export async function withinDeadline<T>(
  promise: PromiseLike<T>,
  ms: number,
  late: () => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
