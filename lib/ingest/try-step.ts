/** Takes one step of several that must not keep each other from being taken; `note` is given its error. */
export function tryStep(step: () => void, note: (error: unknown) => void): void {
  try {
    step();
  } catch (error) {
    note(error);
  }
}

/** The same for a step that takes time. */
export async function tryAsyncStep(
  step: () => Promise<void>,
  note: (error: unknown) => void,
): Promise<void> {
  try {
    await step();
  } catch (error) {
    note(error);
  }
}
