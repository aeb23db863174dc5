import * as z from 'zod';
import type { JsonObject } from '../base/json.ts';
import { TRANSFORMATION_TYPES } from '../lineage-api/lineage-terms.ts';
import { trimCode } from '../pattern/identify.ts';
import { checkArgument } from './library-argument.ts';

/**
 * Where code was written, by what and why. Every key may also be written in snake_case, such as `file_path`.
 * Further keys are redacted and sent to the server.
 */
export interface PatternContext {
  /** At most 4,096 characters, like `cwd`. */
  readonly filePath?: string | undefined;
  /** At most 50 characters. @default detected by the file's name, or the code's first line */
  readonly language?: string | undefined;
  /** At most 255 characters, like `toolName` and `toolUseId`. */
  readonly sessionId?: string | undefined;
  readonly toolName?: string | undefined;
  readonly toolUseId?: string | undefined;
  /** Why it happened, in at most 10,000 characters. */
  readonly reason?: string | undefined;
  /** How the code was made from its parents. */
  readonly transformationType?: (typeof TRANSFORMATION_TYPES)[number] | undefined;
  /** The working directory; the git repository that it lies in is the project. */
  readonly cwd?: string | undefined;
  /** The first line of the code in its file, counted from 1. */
  readonly startLine?: number | undefined;
  /** The last line, inclusive. */
  readonly endLine?: number | undefined;
  readonly [further: string]: unknown;
}

/** The argument of `trackPatternCreation`. */
export interface PatternCreation {
  /** The code; it must hold more than white space. */
  readonly code: string;
  readonly context?: PatternContext | undefined;
}

/** The argument of `trackPatternModification`. */
export interface PatternModification extends PatternCreation {
  /** The id of the pattern that the code was made from. */
  readonly parentId: string;
}

/** The argument of `trackPatternMerge`. */
export interface PatternMerge extends PatternCreation {
  /** The ids of the patterns that were merged, at least two; the lineage is the first one's. */
  readonly parentIds: readonly string[];
}

/** The argument of `trackPatternFork`. */
export interface PatternFork {
  /** @default the parent's code, which counts as an application of the parent in another place */
  readonly code?: string | undefined;
  /** The id of the pattern that was forked. */
  readonly parentId: string;
  readonly context?: PatternContext | undefined;
}

/** The argument of `trackPatternApplication`. */
export interface PatternApplication {
  /** The id of the pattern that was used. */
  readonly patternId: string;
  readonly context?: PatternContext | undefined;
}

/** The argument of `trackPatternDeprecation`. */
export interface PatternDeprecation {
  /** The id of the pattern that should no longer be used. */
  readonly patternId: string;
  /** @default the reason in `context` */
  readonly reason?: string | undefined;
  readonly context?: PatternContext | undefined;
}

/** What a caller declared, validated. */
export interface Declaration {
  readonly kind: 'created' | 'modified' | 'merged' | 'forked' | 'applied' | 'deprecated';
  /** Undefined when the declaration is about the code of a known pattern. */
  readonly code: string | undefined;
  /** The ids of the parents; for an application or a deprecation, the id of the pattern itself. */
  readonly relatedIds: readonly string[];
  readonly context: DeclaredContext;
}

/** A {@link PatternContext} with a value for each key. */
export interface DeclaredContext {
  readonly filePath: string;
  readonly language: string | undefined;
  readonly sessionId: string | undefined;
  readonly toolName: string | undefined;
  readonly toolUseId: string | undefined;
  readonly reason: string | undefined;
  readonly transformationType: (typeof TRANSFORMATION_TYPES)[number] | undefined;
  readonly cwd: string | undefined;
  readonly startLine: number | null;
  readonly endLine: number | null;
  /** All other keys that the caller gave. */
  readonly further: JsonObject;
}

/** Validates the argument of `trackPatternCreation`. @throws TrackerError E_ARGUMENT */
export function declaredCreation(given: PatternCreation): Declaration {
  const { code, context } = checkArgument('trackPatternCreation', CREATION, given);
  return { kind: 'created', code, relatedIds: [], context: contextOf(context) };
}

/** Validates the argument of `trackPatternModification`. @throws TrackerError E_ARGUMENT */
export function declaredModification(given: PatternModification): Declaration {
  const checked = checkArgument('trackPatternModification', MODIFICATION, given);
  const { code, parentId, context } = checked;
  return { kind: 'modified', code, relatedIds: [parentId], context: contextOf(context) };
}

/**
 * Validates the argument of `trackPatternMerge`; a parent that is named twice counts once.
 *
 * @throws TrackerError E_ARGUMENT
 */
export function declaredMerge(given: PatternMerge): Declaration {
  const { code, parentIds, context } = checkArgument('trackPatternMerge', MERGE, given);
  return { kind: 'merged', code, relatedIds: parentIds, context: contextOf(context) };
}

/** Validates the argument of `trackPatternFork`. @throws TrackerError E_ARGUMENT */
export function declaredFork(given: PatternFork): Declaration {
  const { code, parentId, context } = checkArgument('trackPatternFork', FORK, given);
  const kind = code === undefined ? 'applied' : 'forked';
  return { kind, code, relatedIds: [parentId], context: contextOf(context) };
}

/** Validates the argument of `trackPatternApplication`. @throws TrackerError E_ARGUMENT */
export function declaredApplication(given: PatternApplication): Declaration {
  const { patternId, context } = checkArgument('trackPatternApplication', APPLICATION, given);
  return {
    kind: 'applied',
    code: undefined,
    relatedIds: [patternId],
    context: contextOf(context),
  };
}

/** Validates the argument of `trackPatternDeprecation`. @throws TrackerError E_ARGUMENT */
export function declaredDeprecation(given: PatternDeprecation): Declaration {
  const checked = checkArgument('trackPatternDeprecation', DEPRECATION, given);
  const context = contextOf(checked.context);
  return {
    kind: 'deprecated',
    code: undefined,
    relatedIds: [checked.patternId],
    context: { ...context, reason: checked.reason ?? context.reason },
  };
}

// --- internal ---

const code = z
  .string('must be a string')
  .refine((text) => trimCode(text) !== '', 'must hold more than white space');
const id = z
  .string('must be the id of a pattern, a string')
  .min(1, 'must not be empty')
  .max(255, 'must have at most 255 characters');
const text = (max: number) =>
  z
    .string('must be a string')
    .max(max, `must have at most ${max} characters`)
    .nullish()
    .transform((value) => value ?? undefined);
const line = z
  .int('must be a line number, a whole number from 1')
  .min(1, 'must be at least 1')
  .nullish()
  .transform((value) => value ?? null);

const KNOWN_CONTEXT = z.looseObject(
  {
    filePath: text(4096),
    language: text(50),
    sessionId: text(255),
    toolName: text(255),
    toolUseId: text(255),
    reason: text(10_000),
    transformationType: z
      .enum(TRANSFORMATION_TYPES, `must be one of ${TRANSFORMATION_TYPES.join(', ')}`)
      .nullish()
      .transform((value) => value ?? undefined),
    cwd: text(4096),
    startLine: line,
    endLine: line,
  },
  'must be an object',
);

const context = z
  .preprocess((given) => inCamelCase(given), KNOWN_CONTEXT)
  .superRefine((checked, issues) => {
    if (!isJson(checked))
      issues.addIssue('must hold only what JSON can represent: no cycles, no bigints');
  });
const CREATION = z.strictObject({ code, context: context.optional() });
const MODIFICATION = CREATION.extend({ parentId: id });
const MERGE = CREATION.extend({
  parentIds: z
    .array(id, 'must be a list of ids')
    .refine((ids) => new Set(ids).size >= 2, 'must hold at least 2 different ids')
    .transform((ids) => [...new Set(ids)]),
});
const FORK = z.strictObject({ code: code.optional(), parentId: id, context: context.optional() });
const APPLICATION = z.strictObject({ patternId: id, context: context.optional() });
const DEPRECATION = APPLICATION.extend({ reason: text(10_000) });

/** Renames keys such as file_path, which callers from other languages write; filePath takes precedence. */
function inCamelCase(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  const renamed: Record<string, unknown> = { ...given };
  for (const name of Object.keys(KNOWN_CONTEXT.shape)) {
    const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (snake === name || !(snake in renamed)) continue;
    renamed[name] ??= renamed[snake];
    delete renamed[snake];
  }
  return renamed;
}

function isJson(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false;
  }
}

function contextOf(checked: z.infer<typeof context> | undefined): DeclaredContext {
  const {
    filePath,
    language,
    sessionId,
    toolName,
    toolUseId,
    reason,
    transformationType,
    cwd,
    startLine,
    endLine,
    ...further
  } = checked ?? NO_CONTEXT;
  return {
    filePath: filePath ?? '',
    language: language || undefined,
    sessionId,
    toolName,
    toolUseId,
    reason,
    transformationType,
    cwd,
    startLine,
    endLine,
    further: JSON.parse(JSON.stringify(further)) as JsonObject,
  };
}

const NO_CONTEXT = KNOWN_CONTEXT.parse({});
