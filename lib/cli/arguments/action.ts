import { nearest } from '../../base/nearest.ts';
import { UsageError } from './usage-error.ts';

/** The positional argument of a command that does one of several things; the first is the default. */
export function actionArg<const T extends string>(actions: readonly [T, ...T[]]) {
  return {
    action: {
      type: 'positional',
      required: false,
      default: actions[0],
      description: actions.join(', '),
    },
  } as const;
}

/** The action that was asked for. @throws UsageError for an unknown one, with the nearest as hint */
export function actionOf<T extends string>(
  given: string,
  actions: readonly T[],
  command: string,
): T {
  const action = actions.find((known) => known === given);
  if (action !== undefined) return action;
  const near = nearest(given, actions);
  throw new UsageError(
    `unknown action "${given}"`,
    near ? `Did you mean \`${command} ${near}\`?` : `Expected ${actions.join(', ')}.`,
  );
}
