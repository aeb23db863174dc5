import { TrackerError } from '../../base/errors.ts';
import { createRedactor } from '../redact.ts';
import type { Redactor } from '../redact.ts';
import { loadExpressions } from './expression.ts';
import { hasExpressions } from './own-rules.ts';
import type { OwnRedaction } from './own-rules.ts';

/**
 * A redactor with all rules, and with the user's own ones.
 *
 * @throws TrackerError E_CONFIG when an expression cannot be used
 */
export async function openRedactor(own: OwnRedaction): Promise<Redactor> {
  const values = new Set(own.allow.filter((entry) => typeof entry === 'string'));
  if (!hasExpressions(own)) {
    return createRedactor(values.size > 0 ? { allow: (value) => values.has(value) } : {});
  }
  const engine = await loadExpressions();
  const compiled = (pattern: string, group: number | undefined, place: string) => {
    const wrong = engine.fault(pattern, group);
    if (wrong === undefined) return engine.compile(pattern);
    throw new TrackerError('E_CONFIG', `redaction.${place}: pattern: must be ${wrong}`, {
      hint: 'Run `pattern-tracker config check`.',
    });
  };
  const rules = own.rules.map(({ name, pattern, group }, index) => {
    const expression = compiled(pattern, group, `rules item ${index + 1}`);
    return {
      scope: 'text' as const,
      kind: name,
      findAll: (text: string) => expression.findAll(text, group),
    };
  });
  const allowed = own.allow.flatMap((entry, index) =>
    typeof entry === 'string' ? [] : [compiled(entry.pattern, 0, `allow item ${index + 1}`)],
  );
  return createRedactor({
    rules,
    allow: (value) => values.has(value) || allowed.some((expression) => expression.matches(value)),
  });
}
