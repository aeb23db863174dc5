/**
 * Settles as `promise` does, or rejects once `ms` milliseconds have passed. The work behind `promise` is
 * not stopped.
 *
 * @param late makes the error of that rejection
 */
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
