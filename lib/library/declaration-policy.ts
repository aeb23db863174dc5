import type { JsonObject } from '../base/json.ts';
import type { Config } from '../config/config.ts';
import { CapturePolicy } from '../ingest/policy/capture-policy.ts';
import { dropPrivate } from '../ingest/policy/private-spans.ts';
import type { ProjectFinder } from '../ingest/project.ts';
import type { DeclaredContext, Declaration } from './declaration.ts';

/** The declaration without `<private>…</private>` in its code, its reason and its further keys. */
export function withoutPrivate(declaration: Declaration): Declaration {
  const { code, context } = declaration;
  const given = { code: code ?? null, reason: context.reason ?? null, further: context.further };
  const kept = dropPrivate(given);
  if (kept === given) return declaration;
  return {
    ...declaration,
    code: textOf(kept['code']),
    context: {
      ...context,
      reason: textOf(kept['reason']),
      further: kept['further'] as JsonObject,
    } satisfies DeclaredContext,
  };
}

/**
 * Decides by the user's `capture` settings and by ignore files whether a declaration is recorded. What is declared is code, so
 * nothing of it is recorded where no code is kept: of its tool, its file or its project, or at all.
 */
export class DeclarationPolicy {
  readonly #policy: CapturePolicy;

  constructor(capture: Config['capture'], projects: ProjectFinder) {
    this.#policy = new CapturePolicy(capture, projects);
  }

  /** True if the code may be kept. */
  keeps({ context }: Declaration): boolean {
    const { filePath, cwd, toolName } = context;
    return this.#policy.keepsCodeOf(filePath, toolName || 'Write', cwd);
  }
}

// --- internal ---

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
