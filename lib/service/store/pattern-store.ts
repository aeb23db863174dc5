import { TrackerError } from '../../base/errors.ts';
import type { JsonObject } from '../../base/json.ts';
import type {
  EdgeType,
  LineageEventType,
  TransformationType,
} from '../../lineage-api/lineage-event.ts';

/** An event of the lineage API, checked and with its defaults. Times are milliseconds since 1970. */
export interface TrackedEvent {
  /** Idempotency key: the client's, else one made for this request. */
  readonly eventId: string;
  readonly eventType: LineageEventType;
  readonly patternId: string;
  readonly name: string;
  readonly patternType: string;
  readonly version: string;
  readonly language: string;
  /** Secrets taken out; empty where the event carries none. */
  readonly code: string;
  readonly parentIds: readonly string[];
  /** As the client said it; undefined: by the event type. */
  readonly edgeType: EdgeType | undefined;
  readonly transformationType: TransformationType | null;
  readonly reason: string | null;
  readonly triggeredBy: string;
  readonly toolName: string | null;
  readonly filePath: string | null;
  readonly sessionId: string | null;
  readonly toolUseId: string | null;
  readonly agentName: string | null;
  readonly startLine: number | null;
  readonly endLine: number | null;
  readonly durationMs: number | null;
  /** When it happened, as the client says it, else when it came. */
  readonly at: number;
  readonly receivedAt: number;
  /** The rest of `pattern_data`, and every key that has no field here: kept as it is. */
  readonly extra: JsonObject;
}

/** A pattern in one version. */
export interface PatternNode {
  readonly patternId: string;
  readonly version: string;
  readonly lineageId: string;
  readonly generation: number;
}

/** What became of one event; an answer of any kind but `refused` is durable. */
export type TrackAnswer =
  | {
      readonly kind: 'created';
      readonly node: PatternNode;
      readonly parents: readonly PatternNode[];
    }
  /** This version of the pattern was there already. */
  | { readonly kind: 'exists'; readonly node: PatternNode }
  /** pattern_applied, pattern_deprecated. */
  | { readonly kind: 'noted'; readonly node: PatternNode }
  /** An event of this id was applied before; nothing has changed. */
  | { readonly kind: 'duplicate'; readonly node: PatternNode }
  | { readonly kind: 'refused'; readonly message: string };

export interface StoredPattern {
  readonly id: string;
  readonly name: string;
  readonly patternType: string;
  readonly version: string;
  readonly language: string;
  readonly lines: number;
  readonly origin: 'created' | 'modified';
  readonly generation: number;
  readonly lineageId: string;
  readonly occurrences: number;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly isDeprecated: boolean;
  /** Of the newest occurrence. */
  readonly filePath: string | null;
  readonly sessionId: string | null;
}

export interface StoredOccurrence {
  readonly eventId: string;
  readonly action: 'created' | 'modified' | 'applied';
  readonly sessionId: string | null;
  readonly toolUseId: string | null;
  readonly toolName: string | null;
  readonly filePath: string | null;
  readonly startLine: number | null;
  readonly endLine: number | null;
  readonly at: number;
}

export interface PatternDetail extends StoredPattern {
  readonly code: string;
  /** The newest, at most `OCCURRENCES_SHOWN`. */
  readonly recent: readonly StoredOccurrence[];
  /** Those beyond the first, newest first, at most `VERSIONS_SHOWN`. */
  readonly furtherVersions: readonly StoredVersion[];
}

/** A version of a pattern beyond its first. */
export interface StoredVersion {
  readonly version: string;
  readonly generation: number;
  readonly name: string;
  readonly code: string;
  readonly createdAt: number;
}

export const VERSIONS_SHOWN = 20;

export const OCCURRENCES_SHOWN = 20;

export interface PatternListFilter {
  readonly limit: number;
  /** Only patterns last seen before; the last one's of the page before. */
  readonly before?: { readonly lastSeenAt: number; readonly id: string } | undefined;
  readonly language?: string | undefined;
  readonly patternType?: string | undefined;
  readonly sessionId?: string | undefined;
}

export interface SearchQuery {
  /**
   * A pattern has to hold all of them as words. If none does, the newest `LOOKED_THROUGH` are looked
   * through for them as parts of words. Case does not matter.
   */
  readonly words: readonly string[];
  readonly limit: number;
  readonly patternTypes?: readonly string[] | undefined;
  readonly language?: string | undefined;
  /** Only what was seen since then. */
  readonly since?: number | undefined;
}

export const LOOKED_THROUGH = 2_000;

export interface FoundPattern extends StoredPattern {
  /** Its first 300 characters. */
  readonly head: string;
}

export type Direction = 'ancestry' | 'descendants';

/** How far a walk through the lineage goes. */
export interface WalkLimits {
  readonly depth: number;
  readonly rows: number;
}

export interface Relative extends PatternNode {
  readonly name: string;
  readonly edgeType: EdgeType;
  readonly transformationType: TransformationType | null;
  /** Steps from the pattern asked about, from 1. */
  readonly depth: number;
  readonly createdAt: number;
}

export interface Relatives {
  readonly node: PatternNode & { readonly createdAt: number };
  /** Nearest first, each once. */
  readonly relatives: readonly Relative[];
  /** True when it goes on beyond the limits. */
  readonly isCut: boolean;
}

export interface EvolutionNode extends PatternNode {
  readonly name: string;
  readonly patternType: string;
  readonly createdAt: number;
}

export interface EvolutionEdge {
  readonly source: PatternNode;
  readonly target: PatternNode;
  readonly edgeType: EdgeType;
  readonly transformationType: TransformationType | null;
  readonly createdAt: number;
}

/** Every version of a pattern, and of all that it came from or that came from it. */
export interface Evolution {
  readonly nodes: readonly EvolutionNode[];
  readonly edges: readonly EvolutionEdge[];
  readonly isCut: boolean;
}

export interface StoreStats {
  readonly patterns: number;
  readonly lineages: number;
  readonly occurrences: number;
  readonly edges: number;
  readonly sessions: number;
  readonly toolCalls: number;
  /** Patterns by language, the most first, at most 20. */
  readonly languages: readonly { readonly language: string; readonly patterns: number }[];
  readonly lastSeenAt: number | null;
}

/** One use of a pattern. */
export interface PatternUse {
  readonly at: number;
  readonly sessionId: string | null;
  readonly filePath: string | null;
  readonly machine: string | null;
  /** Of the tool call, where it is known. */
  readonly durationMs: number | null;
}

export interface Feedback {
  readonly id: string;
  readonly patternId: string;
  readonly feedbackType: string;
  readonly isSuccess: boolean | null;
  /** 0 to 1. */
  readonly rating: number | null;
  readonly executionTimeMs: number | null;
  readonly sessionId: string | null;
  readonly comment: string | null;
  readonly at: number;
  readonly extra: JsonObject;
}

/** What is known of a pattern within a time. */
export interface PatternActivity {
  readonly pattern: StoredPattern;
  /** Newest first, at most `MAX_USES`. */
  readonly uses: readonly PatternUse[];
  /** Newest first, at most `MAX_USES`. */
  readonly feedback: readonly Feedback[];
  readonly isCut: boolean;
}

export const MAX_USES = 10_000;

export interface AppliedImprovement {
  readonly improvementId: string;
  readonly patternId: string;
  readonly isForced: boolean;
  readonly at: number;
}

export interface Execution {
  readonly sessionId: string;
  readonly toolUseId: string;
  readonly toolName: string;
  readonly agentName: string | null;
  readonly summary: string;
  readonly outcome: string;
  readonly error: string | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly durationMs: number | null;
  readonly at: number;
}

export interface ExecutionFilter {
  readonly limit: number;
  readonly sessionId?: string | undefined;
  /** A session id or a tool_use_id. */
  readonly correlationId?: string | undefined;
}

/** The executions of one agent and tool among the newest `SUMMARY_EXECUTIONS`. */
export interface ExecutionSummary {
  readonly agentName: string | null;
  readonly toolName: string;
  readonly executions: number;
  readonly failed: number;
  readonly averageDurationMs: number | null;
  readonly maxDurationMs: number | null;
  readonly lastAt: number;
}

export const SUMMARY_EXECUTIONS = 10_000;

/** What does not hold that should; each list at most 100 long. */
export interface IntegrityReport {
  /** Edges whose parent or child is not there. */
  readonly brokenEdges: readonly { readonly childId: string; readonly parentId: string }[];
  /** Patterns that were modified from something and have no edge to it. */
  readonly orphans: readonly string[];
  /** Patterns whose generation is not above each parent's. */
  readonly wrongGenerations: readonly string[];
  readonly patternsChecked: number;
  readonly edgesChecked: number;
}

/** The patterns of one tenant. Every method may reject with `StoreUnavailableError`. */
export interface PatternStore {
  /** Applies events in their order, all in one transaction; resolves when they are durable. */
  track(events: readonly TrackedEvent[]): Promise<TrackAnswer[]>;
  /** Undefined when there is none; so below. */
  pattern(id: string): Promise<PatternDetail | undefined>;
  /** Last seen first. */
  patterns(filter: PatternListFilter): Promise<StoredPattern[]>;
  search(query: SearchQuery): Promise<FoundPattern[]>;
  relatives(id: string, direction: Direction, limits: WalkLimits): Promise<Relatives | undefined>;
  evolution(id: string, limits: WalkLimits): Promise<Evolution | undefined>;
  stats(): Promise<StoreStats>;
  activity(id: string, from: number, to: number): Promise<PatternActivity | undefined>;
  recordFeedback(feedback: Feedback): Promise<void>;
  applyImprovements(improvements: readonly AppliedImprovement[]): Promise<void>;
  appliedImprovements(patternId: string): Promise<AppliedImprovement[]>;
  executions(filter: ExecutionFilter): Promise<Execution[]>;
  executionSummary(agentName: string | undefined): Promise<ExecutionSummary[]>;
  /** Looks at one pattern and its edges, or at the newest 10,000 patterns. */
  integrity(patternId: string | undefined): Promise<IntegrityReport>;
}

export type TokenScope = 'read' | 'write' | 'admin';

/** A token as it is kept: of its secret only the digest. */
export interface StoredToken {
  /** In the clear, part of the token itself. */
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly scopes: readonly TokenScope[];
  /** SHA-256 of the whole token, hex. */
  readonly digest: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
}

/** The tokens of a service, of every tenant. */
export interface TokenStore {
  add(token: StoredToken): Promise<void>;
  find(id: string): Promise<StoredToken | undefined>;
  list(): Promise<StoredToken[]>;
  /** False when there is no such token. */
  revoke(id: string, at: number): Promise<boolean>;
  noteUse(id: string, at: number): Promise<void>;
}

export interface StoreHealth {
  readonly isWell: boolean;
  /** For people. */
  readonly detail: string;
  /** Connections: `{min_size, max_size, pool_size, free_size}` where there is a pool. */
  readonly pool: Readonly<Record<string, number>> | null;
}

/** What a service keeps its data in. */
export interface ServiceStore {
  readonly kind: 'sqlite' | 'postgres';
  /** @throws TrackerError E_TENANT when the name is no valid one */
  tenant(name: string): PatternStore;
  readonly tokens: TokenStore;
  /** Never rejects. */
  health(): Promise<StoreHealth>;
  close(): Promise<void>;
}

/** The store can not be reached or is busy for now; nothing of the call has happened. Code `E_STORE_UNAVAILABLE`. */
export class StoreUnavailableError extends TrackerError {
  override readonly name = 'StoreUnavailableError';

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super('E_STORE_UNAVAILABLE', message, options);
  }
}

/** The tenant of a service that has no tokens. */
export const DEFAULT_TENANT = 'default';
/** Names of tenants are parts of file names. */
export const TENANT_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
