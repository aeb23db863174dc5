import { processElapsed } from '../base/deadline.ts';
import type { Clock } from '../base/clock.ts';
import { TrackerError } from '../base/errors.ts';
import type { Config } from '../config/config.ts';
import { patternId } from '../pattern/identify.ts';
import { languageOf, UNKNOWN_LANGUAGE } from '../pattern/language.ts';
import type { Redactor } from '../redact/redact.ts';
import type { Database } from '../store/database/database.ts';
import { TrackerWriter } from '../store/writers/tracker-writer.ts';
import type { RecordedFragment } from '../pattern/recorded-fragment.ts';
import { patternById } from '../store/queries/patterns.ts';
import type { PatternWithCode } from '../store/queries/patterns.ts';
import type { DeclaredContext, Declaration } from './declaration.ts';
import { DeclarationFeed } from '../delivery/lineage/declaration-feed.ts';
import type { DeclaredEvent } from '../delivery/lineage/declaration-feed.ts';
import { serverAddress } from '../config/server-address.ts';
import { SinkState } from '../delivery/store/sink-state.ts';
import { LINEAGE } from '../delivery/lineage/lineage-sink.ts';
import { ProjectFinder } from '../ingest/project.ts';

/** How declarations are recorded. */
export interface DeclarationRecorderOptions {
  readonly config: Config;
  readonly clock: Clock;
  /** The name of this machine, which the server is told. */
  readonly machine: string;
  /** Takes the secrets out of a text. */
  readonly clean: (text: string) => string;
  /** The name of the destination that events wait for. @default the server in the configuration files */
  readonly destination?: string;
  /** Makes a unique id for an event, in hex digits. */
  readonly newEventId: () => string;
}

/** A redacted declaration and the id of its pattern. */
export interface CleanDeclaration extends Declaration {
  /** Made from the redacted code; without code, the id of the pattern that the declaration names. */
  readonly patternId: string;
}

/** Redacts what a caller declared, and makes the pattern's id by the configured `scheme`. */
export function cleanDeclaration(
  declaration: Declaration,
  redactor: Redactor,
  scheme: Config['patterns']['id_scheme'],
): CleanDeclaration {
  const context = cleanContext(declaration.context, redactor);
  const [relatedId = ''] = declaration.relatedIds;
  if (declaration.code === undefined) return { ...declaration, context, patternId: relatedId };
  const code = redactor.redactText(declaration.code).text;
  const { filePath } = context;
  const id = patternId(code, scheme === 'path200' ? { scheme, filePath } : { scheme });
  return { ...declaration, context, code, patternId: id };
}

/** Writes what callers of the library declare, each declaration in one transaction with its outbox row. */
export class DeclarationRecorder {
  readonly #database: Database;
  readonly #options: DeclarationRecorderOptions;
  readonly #writer: TrackerWriter;
  readonly #projects: ProjectFinder;
  readonly #feed: DeclarationFeed | undefined;

  constructor(database: Database, options: DeclarationRecorderOptions) {
    this.#database = database;
    this.#options = options;
    this.#writer = new TrackerWriter(database);
    this.#projects = new ProjectFinder(processElapsed, options.clean);
    this.#feed = LINEAGE.delivers(options.config)
      ? new DeclarationFeed(database, options.destination ?? LINEAGE.name, options.machine)
      : undefined;
  }

  /**
   * Records a declaration, which is committed when this returns.
   *
   * @throws TrackerError E_UNKNOWN_PATTERN when a pattern that it refers to is not in tracker.db; SQLite's
   *   error when tracker.db cannot be written
   */
  record(declaration: CleanDeclaration): void {
    this.#writer.transaction(() => {
      this.#noteServer();
      this.#write(declaration);
    });
  }

  /** Notes which server the events wait for, if they are its first. */
  #noteServer(): void {
    const { config, destination = LINEAGE.name } = this.#options;
    const address = LINEAGE.address(config);
    if (!this.#feed || address === null) return;
    new SinkState(this.#database, destination).noteFirstServer(serverAddress(address));
  }

  #write(declaration: CleanDeclaration): void {
    const { kind, context, relatedIds, patternId: id } = declaration;
    const related = relatedIds.map((relatedId) => this.#known(relatedId));
    const known = patternById(this.#database, id);
    // The clock may have been set back, or not advance between two calls. Even so, a pattern must not be older
    // than its parents, and a declaration about a known pattern must not become its origin.
    const earliest = [
      ...related.map(({ firstSeenAt }) => firstSeenAt),
      ...(known ? [known.firstSeenAt + 1] : []),
    ];
    const at = Math.max(this.#options.clock(), ...earliest);
    const eventId = this.#options.newEventId();
    const [first] = related;
    const { sessionId, toolName, toolUseId, startLine, endLine, filePath } = context;
    const said = { ...context, eventId, at };
    if (kind === 'deprecated' && first) {
      this.#writer.deprecations.add(id, context.reason ?? null, at);
      const happened = { event_type: 'pattern_deprecated' as const, parent_pattern_ids: [] };
      this.#feed?.add({ ...first, ...said, language: first.language, patternId: id, happened });
      return;
    }
    const code = declaration.code ?? first?.code ?? '';
    const language = context.language ?? ownLanguage(declaration, first?.language);
    const recorded = this.#writer.patterns.write(
      {
        patternId: id,
        code,
        language,
        filePath,
        startLine,
        endLine,
        ...descentOf(declaration, related),
      },
      0,
      {
        eventId,
        sessionId: sessionId ?? '',
        toolUseId,
        toolName: toolName ?? '',
        projectId: this.#writer.sessions.project(
          context.cwd ? this.#projects.find(context.cwd) : null,
        ),
        at,
      },
    );
    const happened = happenedOf(declaration, recorded.action);
    const name = known?.name ?? recorded.name;
    this.#feed?.add({ ...recorded, ...said, language, name, happened });
  }

  #known(id: string): PatternWithCode {
    const pattern = patternById(this.#database, id);
    if (pattern) return pattern;
    throw new TrackerError('E_UNKNOWN_PATTERN', `there is no pattern ${id.slice(0, 255)} here`, {
      hint: 'Track its creation first, or look its id up with `pattern-tracker patterns`.',
    });
  }
}

// --- internal ---

const EDGE = {
  modified: 'modified_from',
  merged: 'merged_from',
  forked: 'derived_from',
} as const;

/** The parents that a declaration names for its pattern. */
function descentOf({ kind, context }: CleanDeclaration, related: readonly PatternWithCode[]) {
  if (kind !== 'modified' && kind !== 'merged' && kind !== 'forked')
    return { replacedId: undefined };
  const transformationType = context.transformationType ?? null;
  const parentIds = related.map(({ id }) => id);
  return { replacedId: parentIds[0], parentIds, edgeType: EDGE[kind], transformationType };
}

/** The lineage event to send. Code that was known before counts as applied, whatever the declaration says. */
function happenedOf(
  { kind, relatedIds, context }: CleanDeclaration,
  action: RecordedFragment['action'],
): DeclaredEvent['happened'] {
  if (action === 'created') return { event_type: 'pattern_created', parent_pattern_ids: [] };
  if (action === 'applied' || (kind !== 'modified' && kind !== 'merged' && kind !== 'forked')) {
    return { event_type: 'pattern_applied', parent_pattern_ids: [] };
  }
  return {
    event_type: `pattern_${kind}`,
    parent_pattern_ids: [...relatedIds],
    edge_type: EDGE[kind],
    transformation_type: context.transformationType ?? null,
  };
}

/** The language by the file's name or the code, else the language of the parent. */
function ownLanguage({ code, context }: CleanDeclaration, inherited: string | undefined): string {
  const own = code === undefined ? UNKNOWN_LANGUAGE : languageOf(context.filePath, code);
  return own === UNKNOWN_LANGUAGE ? (inherited ?? own) : own;
}

function cleanContext(context: DeclaredContext, redactor: Redactor): DeclaredContext {
  const clean = (text: string | undefined) => text && redactor.redactText(text).text;
  return {
    ...context,
    filePath: clean(context.filePath) ?? '',
    language: clean(context.language),
    sessionId: clean(context.sessionId),
    toolName: clean(context.toolName),
    toolUseId: clean(context.toolUseId),
    reason: clean(context.reason),
    further: redactor.redactPayload(context.further).payload,
  };
}
