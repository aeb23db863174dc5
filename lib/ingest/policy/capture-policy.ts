import { homedir } from 'node:os';
import picomatch from 'picomatch';
import { asArray, asObject, asString, isJsonObject } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import type { Config } from '../../config/config.ts';
import { hookEventOf } from '../../event/hook-event.ts';
import type { HookEvent } from '../../event/hook-event.ts';
import type { ProjectFinder } from '../project.ts';
import { withoutExcluded } from './excluded-output.ts';
import { IgnoreFiles, isIgnored } from './ignore-files.ts';
import type { Budget } from './ignore-patterns.ts';
import { both, EXCLUDED, KEPT } from './kept.ts';
import type { Kept } from './kept.ts';
import { namedPaths } from './named-paths.ts';
import { PathRules } from './path-rules.ts';
import { dropPrivate, mayHavePrivate } from './private-spans.ts';
import { dropPrompts } from './prompts.ts';
import { reduceBatch, reducePayload } from './reduced-payload.ts';

/** An event of which something is kept. */
export interface JudgedEvent {
  /** Without what must not even be looked at further: private spans, prompts, lines of excluded files. */
  readonly event: HookEvent;
  /** True if the code that it wrote is kept. */
  readonly keepsCode: boolean;
  /** True if the code in a file is kept that the event names or that a name in it leads to. */
  readonly keepsCodeOf: (path: string) => boolean;
  /**
   * The event as it may be stored: the same one, or one without its texts. It is given the redacted event, so that
   * sizes and digests are those of redacted texts: a digest then confirms no secret.
   */
  readonly stored: (redacted: HookEvent) => HookEvent;
}

/** Decides what is kept of events, by the user's `capture` settings; a project's ignore file may only narrow it. */
export class CapturePolicy {
  readonly #capture: Config['capture'];
  readonly #paths: PathRules;
  readonly #projects: ProjectFinder;
  readonly #ignoreFiles = new IgnoreFiles();
  readonly #isExcludedTool: (name: string) => boolean;

  constructor(capture: Config['capture'], projects: ProjectFinder, home = homedir()) {
    this.#capture = capture;
    this.#paths = new PathRules(capture, home);
    this.#projects = projects;
    const { exclude_tools: tools } = capture;
    this.#isExcludedTool = tools.length > 0 ? picomatch([...tools], { dot: true }) : () => false;
  }

  /**
   * What is kept of an event; undefined when nothing is. `json` is the event's text as captured, at `writtenAt`: what a
   * project's ignore files said then is known, or else looked up.
   */
  judge(event: HookEvent, json: string, writtenAt = Infinity): JudgedEvent | undefined {
    const folders = this.#foldersOf(event.cwd);
    const content = this.#paths.projectContent(folders) ?? this.#capture.content;
    if (content === 'none' || this.#isExcludedTool(event.toolName ?? '')) return undefined;
    const ignored = this.#ignoreFiles.of(folders, writtenAt);
    const work: Work = {
      cwd: event.cwd,
      base: KEPT[content],
      ignored,
      isOpen: ignored.length === 0 && !this.#paths.mayConcern(event.cwd ?? ''),
      steps: { left: STEPS },
      characters: CHARACTERS,
    };
    const told = this.#withoutUnwanted(event, json);
    const kept = this.#keptOf(told.payload, work);
    const keptOfCalls = asArray(told.payload['tool_calls']).map((call) =>
      isJsonObject(call) ? this.#keptOf(call, work) : work.base,
    );
    return {
      event: withPayload(told, this.#withoutExcludedOutput(told.payload, kept, work)),
      keepsCode: kept.code,
      keepsCodeOf: (path) => kept.code && this.#keptOfPath(path, work).code,
      stored: (redacted) => storedEvent(redacted, kept, keptOfCalls),
    };
  }

  /** True if the code in a file may be kept, for a tool that wrote it. An empty path is of no file. */
  keepsCodeOf(filePath: string, toolName: string, cwd: string | undefined): boolean {
    const call = {
      hook_event_name: 'PostToolUse',
      session_id: 'none',
      ...(cwd === undefined ? {} : { cwd }),
      tool_name: toolName,
      tool_input: { file_path: filePath },
    };
    const judged = this.judge(hookEventOf(call), '');
    return judged?.keepsCode === true && (filePath === '' || judged.keepsCodeOf(filePath));
  }

  /** Where a session works: ignore files and the rules for projects are looked up there. */
  #foldersOf(cwd: string | undefined): string[] {
    if (!cwd || cwd.length > MAX_PATH) return [];
    const root = this.#projects.find(cwd)?.root ?? cwd;
    return root === cwd ? [cwd] : [cwd, root];
  }

  #withoutUnwanted(event: HookEvent, json: string): HookEvent {
    let told = event;
    if (mayHavePrivate(json)) told = withPayload(told, dropPrivate(told.payload));
    if (!this.#capture.prompts) told = withPayload(told, dropPrompts(told));
    return withPayload(told, this.#withoutExcludedTools(told.payload));
  }

  #withoutExcludedTools(payload: JsonObject): JsonObject {
    const calls = asArray(payload['tool_calls']);
    const isKept = (call: Json) =>
      !this.#isExcludedTool(asString(asObject(call)?.['tool_name']) ?? '');
    return calls.every(isKept) ? payload : { ...payload, tool_calls: calls.filter(isKept) };
  }

  /** What is kept of the call that a payload, or a member of a batch, tells of. */
  #keptOf(call: JsonObject, work: Work): Kept {
    const toolName = asString(call['tool_name']);
    if (toolName === undefined) return work.base;
    let kept = work.base;
    const mayConcern = (text: string) => !work.isOpen || this.#paths.mayConcern(text);
    const { tool_input: input, tool_response: response } = call;
    for (const { text, isGlob } of namedPaths(toolName, input, response, mayConcern)) {
      kept = both(kept, this.#keptOfPath(text, work, isGlob));
      if (work.characters < 0) break;
    }
    return kept;
  }

  #keptOfPath(text: string, work: Work, isGlob = false): Kept {
    if (work.isOpen && !isGlob && !this.#paths.mayConcern(text)) return KEPT.full;
    const path = this.#paths.absolute(text, work.cwd);
    if (path === undefined) return KEPT.full;
    work.characters -= path.length;
    if (work.characters < 0 || isIgnored(path, work.ignored, work.steps)) return EXCLUDED;
    if (isGlob && this.#paths.isExcludedByGlob(path, work.steps)) return EXCLUDED;
    return this.#paths.kept(path);
  }

  /** The files that a call was not given but shows. */
  #withoutExcludedOutput(payload: JsonObject, kept: Kept, work: Work): JsonObject {
    let narrowed = payload;
    if (kept.code) narrowed = this.#withoutFilesIn(narrowed, work);
    const calls = asArray(payload['tool_calls']);
    const clean = calls.map((call) => {
      return isJsonObject(call) && kept.text ? this.#withoutFilesIn(call, work) : call;
    });
    const isSame = clean.every((call, index) => call === calls[index]);
    return isSame ? narrowed : { ...narrowed, tool_calls: clean };
  }

  #withoutFilesIn(call: JsonObject, work: Work): JsonObject {
    const { tool_response: response, tool_name: toolName } = call;
    if (response === undefined || TEXT_OF_ONE_FILE.has(asString(toolName) ?? '')) return call;
    const clean = withoutExcluded(response, {
      isExcluded: (path) => !this.#keptOfPath(path, work).code,
      mayShowExcluded: (output) => !work.isOpen || this.#paths.mayConcern(output),
    });
    return clean === response ? call : { ...call, tool_response: clean };
  }
}

// --- internal ---

/** What an event is judged by. */
interface Work {
  readonly cwd: string | undefined;
  readonly base: Kept;
  readonly ignored: ReturnType<IgnoreFiles['of']>;
  /** True if no project's file and no folder, only a file's own path can make it an excluded one. */
  readonly isOpen: boolean;
  readonly steps: Budget;
  /** How many characters of paths may still be judged. */
  characters: number;
}

/** A longer text is no path. */
const MAX_PATH = 4096;

/**
 * What may be spent on one event, which is some 100 milliseconds each: steps of the comparison with a project's
 * ignore files, and characters of the paths it names. What is named beyond that counts as excluded.
 */
const STEPS = 10_000_000;
const CHARACTERS = 2_000_000;

/** Tools that answer with the text of the file that they were given, which may look like any output. */
const TEXT_OF_ONE_FILE: ReadonlySet<string> = new Set(
  ['Read Write Edit MultiEdit NotebookEdit NotebookRead'].flatMap((names) => names.split(' ')),
);

function withPayload(event: HookEvent, payload: JsonObject): HookEvent {
  return payload === event.payload ? event : hookEventOf(payload);
}

function storedEvent(event: HookEvent, kept: Kept, keptOfCalls: readonly Kept[]): HookEvent {
  const keptOf = (index: number) => keptOfCalls[index] ?? kept;
  if (!kept.text) return hookEventOf(reducePayload(event.payload, kept, keptOf));
  const calls = event.payload['tool_calls'];
  if (calls === undefined || keptOfCalls.every(({ text }) => text)) return event;
  return hookEventOf({ ...event.payload, tool_calls: reduceBatch(calls, keptOf) });
}
