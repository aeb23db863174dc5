import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { asArray, asObject, asString, isJsonObject } from '../../../lib/base/json.ts';
import type { Json, JsonObject } from '../../../lib/base/json.ts';

/** A tool call as Claude's own transcript keeps it. */
export interface TranscriptCall {
  readonly id: string;
  readonly tool: string;
  readonly input: JsonObject;
  /** The subagent that made it; undefined for the main agent. */
  readonly agentId: string | undefined;
  /** What came of it; undefined when the session ended before. */
  readonly result: TranscriptResult | undefined;
}

interface TranscriptResult {
  readonly isError: boolean;
  /** What the model was told. */
  readonly text: string;
  /** The tool's own result, as PostToolUse has it too. */
  readonly detail: Json | undefined;
}

/**
 * Reads every tool call of a session, subagents included, in the order of the transcripts: the main
 * one, then each subagent's. Empty when there is no transcript.
 */
export async function readTranscript(
  claudeFolder: string,
  sessionId: string,
): Promise<TranscriptCall[]> {
  const projects = join(claudeFolder, 'projects');
  if (!existsSync(projects)) return [];
  const files = (await readdir(projects, { recursive: true }))
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => join(projects, name));
  const main = files.filter((file) => basename(file) === `${sessionId}.jsonl`);
  const agents = files.filter((file) => basename(file).startsWith('agent-')).toSorted();

  const calls: TranscriptCall[] = [];
  for (const file of [...main, ...agents]) {
    const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
    const entries = lines.map((line): unknown => JSON.parse(line)).filter(isJsonObject);
    calls.push(...callsOf(entries.filter((entry) => entry['sessionId'] === sessionId)));
  }
  return calls;
}

// --- internal ---

function callsOf(entries: readonly JsonObject[]): TranscriptCall[] {
  const results = new Map<string, TranscriptResult>();
  for (const entry of entries) {
    for (const block of blocksOf(entry, 'user', 'tool_result')) {
      results.set(asString(block['tool_use_id']) ?? '', {
        isError: block['is_error'] === true,
        text: textOf(block['content']),
        detail: entry['toolUseResult'],
      });
    }
  }
  return entries.flatMap((entry) =>
    blocksOf(entry, 'assistant', 'tool_use').map((block) => {
      const id = asString(block['id']) ?? '';
      return {
        id,
        tool: asString(block['name']) ?? '',
        input: asObject(block['input']) ?? {},
        agentId: entry['isSidechain'] === true ? asString(entry['agentId']) : undefined,
        result: results.get(id),
      };
    }),
  );
}

/** Newer versions also write lines of other types that repeat a message: only the two roles count. */
function blocksOf(entry: JsonObject, role: 'user' | 'assistant', type: string): JsonObject[] {
  if (entry['type'] !== role) return [];
  return asArray(asObject(entry['message'])?.['content'])
    .filter(isJsonObject)
    .filter((block) => block['type'] === type);
}

function textOf(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  return asArray(content)
    .map((block) => asString(asObject(block)?.['text']) ?? '')
    .join('\n');
}
