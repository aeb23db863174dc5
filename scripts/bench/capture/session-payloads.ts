import type { Json, JsonObject } from '../../../lib/base/json.ts';
import { Random } from '../measure/random.ts';
import { samplePayload } from './sample-payload.ts';
import { SourceCode } from '../measure/source-code.ts';

/** How many turns a session has, and how many files it works on. */
const TURNS = 30;
const FILES = 8;

/**
 * Generates hook payloads of made-up sessions endlessly, in the order in which Claude Code sends them.
 * They look like real ones, with unique ids and unique code.
 */
export function* sessionPayloads(seed: number): Generator<string> {
  const random = new Random(seed);
  const code = new SourceCode(random);
  for (;;) {
    for (const payload of new MadeUpSession(random, code).events()) {
      yield `${JSON.stringify(payload)}\n`;
    }
  }
}

// --- internal ---

type Payloads = Generator<JsonObject>;

interface Call {
  /** How the fixtures' names end: `pre-tool-use.<sample>`, `post-tool-use.<sample>`. */
  readonly sample: string;
  readonly input: JsonObject;
  readonly response: JsonObject;
  /** What the model is told. PostToolBatch carries this text, not the response. */
  readonly told: string;
}

class MadeUpSession {
  readonly #random: Random;
  readonly #code: SourceCode;
  readonly #common: JsonObject;
  readonly #folder: string;
  /** The content of each file, as this session has written it. */
  readonly #files = new Map<string, string>();

  constructor(random: Random, code: SourceCode) {
    this.#random = random;
    this.#code = code;
    const id = this.#uuid();
    this.#folder = `/home/dev/project-${random.between(1, 9)}`;
    const transcripts = `/home/dev/.claude/projects/${this.#folder.replaceAll('/', '-')}`;
    this.#common = {
      session_id: id,
      transcript_path: `${transcripts}/${id}.jsonl`,
      cwd: this.#folder,
    };
  }

  *events(): Payloads {
    yield this.#event('session-start.startup');
    for (let turn = 0; turn < TURNS; turn += 1) {
      if (turn % 10 === 0) yield this.#event('user-prompt-submit', { prompt: this.#words() });
      yield* this.#turn();
      if (turn % 10 === 9) yield this.#event('stop', { last_assistant_message: this.#words() });
    }
    yield this.#event('session-end');
  }

  /** Usually one call, sometimes several in parallel, then their PostToolBatch. */
  *#turn(): Payloads {
    const calls = Array.from({ length: this.#random.oneOf([1, 1, 1, 1, 3]) }, () => ({
      ...this.#call(),
      id: `toolu_01${this.#random.hex(22)}`,
    }));
    for (const { sample, input, id } of calls) {
      yield this.#event(`pre-tool-use.${sample}`, { tool_input: input, tool_use_id: id });
    }
    for (const { sample, input, response, id } of calls) {
      yield this.#event(`post-tool-use.${sample}`, {
        tool_input: input,
        tool_response: response,
        tool_use_id: id,
        duration_ms: this.#random.between(1, 500),
      });
    }
    yield this.#event('post-tool-batch.write', {
      tool_calls: calls.map(({ sample, input, told, id }) => ({
        tool_name: samplePayload(`pre-tool-use.${sample}`)['tool_name'] ?? '',
        tool_input: input,
        tool_use_id: id,
        tool_response: told,
      })),
    });
  }

  #call(): Call {
    const kind = this.#random.oneOf(['write', 'edit', 'edit', 'read', 'bash', 'bash', 'grep']);
    if (kind === 'bash') return this.#bash();
    if (kind === 'grep') return this.#grep();
    const file = `${this.#folder}/src/file-${this.#random.between(1, FILES)}.ts`;
    const present = this.#files.get(file);
    if (kind === 'write' || present === undefined) return this.#write(file);
    return kind === 'edit' ? this.#edit(file, present) : this.#read(file, present);
  }

  #write(file: string): Call {
    const content = this.#code.piece(10, 80);
    this.#files.set(file, content);
    return {
      sample: 'write',
      input: { file_path: file, content },
      response: {
        type: 'create',
        filePath: file,
        content,
        structuredPatch: [],
        originalFile: null,
        userModified: false,
      },
      told: `File created successfully at: ${file}`,
    };
  }

  #edit(file: string, present: string): Call {
    const lines = present.split('\n');
    const start = this.#random.between(0, Math.max(0, lines.length - 6));
    const removed = lines.slice(start, start + 5);
    const oldText = removed.join('\n');
    const newText = this.#code.piece(3, 20).trimEnd();
    const added = newText.split('\n');
    this.#files.set(
      file,
      present.replace(oldText, () => newText),
    );
    return {
      sample: 'edit',
      input: { file_path: file, old_string: oldText, new_string: newText, replace_all: false },
      response: {
        filePath: file,
        oldString: oldText,
        newString: newText,
        originalFile: present,
        structuredPatch: [
          {
            oldStart: start + 1,
            oldLines: removed.length,
            newStart: start + 1,
            newLines: added.length,
            lines: [...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`)],
          },
        ],
        userModified: false,
        replaceAll: false,
      },
      told: `The file ${file} has been updated successfully.`,
    };
  }

  #read(file: string, content: string): Call {
    const lines = content.split('\n').length;
    return {
      sample: 'read',
      input: { file_path: file },
      response: {
        type: 'text',
        file: { filePath: file, content, numLines: lines, startLine: 1, totalLines: lines },
      },
      told: content,
    };
  }

  #bash(): Call {
    const stdout = this.#code.piece(1, 40);
    return {
      sample: 'bash',
      input: { command: `npm test -- ${this.#random.hex(6)}`, description: 'Run the tests' },
      response: { stdout, stderr: '', interrupted: false, isImage: false, noOutputExpected: false },
      told: stdout,
    };
  }

  #grep(): Call {
    const content = this.#code.piece(1, 10);
    return {
      sample: 'grep',
      input: { pattern: this.#random.hex(6), output_mode: 'content', '-n': true },
      response: {
        mode: 'content',
        numFiles: 0,
        filenames: [],
        content,
        numLines: 3,
        totalLines: 3,
      },
      told: content,
    };
  }

  #event(sample: string, own: Readonly<Record<string, Json>> = {}): JsonObject {
    return { ...samplePayload(sample), ...this.#common, ...own };
  }

  #words(): string {
    return `Please look at ${this.#random.hex(8)} and tidy up what you find there.`;
  }

  #uuid(): string {
    return [8, 4, 4, 4, 12].map((length) => this.#random.hex(length)).join('-');
  }
}
