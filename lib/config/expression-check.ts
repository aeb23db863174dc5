import { loadExpressions } from '../redact/own/expression.ts';
import type { OwnRedaction } from '../redact/own/own-rules.ts';

/** An expression of a user's that cannot be used. */
export interface ExpressionFault {
  readonly list: 'rules' | 'allow';
  /** Of the list's item, from 0. */
  readonly index: number;
  readonly message: string;
}

/** Finds the expressions that cannot be used. */
export type ExpressionCheck = (redaction: OwnRedaction) => readonly ExpressionFault[];

/** Loads the engine of the expressions, which takes longer than all the rest of a configuration. */
export async function openExpressionCheck(): Promise<ExpressionCheck> {
  const engine = await loadExpressions();
  return ({ rules, allow }) => [
    ...rules.flatMap(({ pattern, group }, index) =>
      faultsOf('rules', index, engine.fault(pattern, group)),
    ),
    ...allow.flatMap((entry, index) =>
      typeof entry === 'string' ? [] : faultsOf('allow', index, engine.fault(entry.pattern)),
    ),
  ];
}

// --- internal ---

function faultsOf(
  list: ExpressionFault['list'],
  index: number,
  wrong: string | undefined,
): ExpressionFault[] {
  // The expression itself is not told: it may be a secret.
  return wrong === undefined
    ? []
    : [{ list, index, message: `item ${index + 1}: pattern: must be ${wrong}` }];
}
