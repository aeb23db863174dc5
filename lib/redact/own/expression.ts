import type { RE2JS } from 're2js';

/** A compiled expression of a user's. */
export interface Expression {
  /** Where it matches in a text, in order; an empty match is left out. With `group`, where that group does. */
  findAll(text: string, group?: number): Iterable<{ readonly start: number; readonly end: number }>;
  /** True if it matches the whole text. */
  matches(text: string): boolean;
}

/** The engine that users' expressions run in: RE2's, which takes linear time whatever the expression. */
export interface ExpressionEngine {
  /** What is wrong with an expression, as the end of "must be …"; undefined when nothing is. */
  fault(pattern: string, group?: number): string | undefined;
  /** @throws Error when there is a {@link fault} */
  compile(pattern: string): Expression;
}

/** Loads the engine. Do so only if there are expressions: it takes some 10 ms. */
export async function loadExpressions(): Promise<ExpressionEngine> {
  const { RE2JS: engine } = await import('re2js');
  return {
    fault(pattern, group = 0) {
      let compiled: RE2JS;
      try {
        compiled = engine.compile(pattern);
      } catch (error) {
        return `an expression of RE2: ${reasonOf(error)}`;
      }
      if (compiled.matcher('').find()) return 'an expression that matches no empty text';
      const groups = compiled.groupCount();
      return group > groups ? `an expression with a group ${group}: it has ${groups}` : undefined;
    },
    compile(pattern) {
      const compiled = engine.compile(pattern);
      return {
        *findAll(text, group = 0) {
          const matcher = compiled.matcher(text);
          while (matcher.find()) {
            const start = matcher.start(group);
            const end = matcher.end(group);
            if (end > start) yield { start, end };
          }
        },
        matches: (text) => compiled.matches(text),
      };
    },
  };
}

// --- internal ---

/** The engine's message without the expression, which may hold a secret. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  return /^error parsing regexp: ([a-z ]+[a-z)\]])/i.exec(message)?.[1] ?? 'it cannot be read';
}
