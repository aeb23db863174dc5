import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { asArray, asObject, asString, isJsonObject } from '../../../lib/base/json.ts';
import type { Json, JsonObject } from '../../../lib/base/json.ts';

/** A tool call that the model asks for. */
export interface ScriptedCall {
  readonly tool: string;
  readonly input: JsonObject;
}

/** What the model answers once: words, tool calls, both; or an HTTP error. */
export interface ScriptedTurn {
  readonly say?: string;
  readonly calls?: readonly ScriptedCall[];
  /** Milliseconds to wait before the answer. @default 0 */
  readonly delayMs?: number;
  readonly error?: { readonly status: number; readonly type: string; readonly message: string };
}

/** All that the model says in one session. Past the last turn it says "done". */
export interface Script {
  readonly turns: readonly ScriptedTurn[];
  /** The turns of a subagent, which is known by a text in its first prompt. */
  readonly subagents?: readonly {
    readonly prompt: string;
    readonly turns: readonly ScriptedTurn[];
  }[];
}

/** One request for an answer, as the model got it. */
export interface ModelRequest {
  /** `main`, `aux` (no tools: titles and the like), else the prompt text of a subagent. */
  readonly speaker: string;
  /** When it came, in milliseconds of a monotonic clock. */
  readonly atMs: number;
  readonly body: JsonObject;
}

/** A stand-in for the Messages API that listens on loopback. */
export interface ScriptedModel {
  readonly url: string;
  readonly requests: readonly ModelRequest[];
  close(): Promise<void>;
}

/**
 * Starts a server on 127.0.0.1 that answers as `script` says. It keeps no state: which turn is due
 * follows from the number of answers in the request, so that a repeated request gets the same one.
 */
export async function startScriptedModel(script: Script): Promise<ScriptedModel> {
  const requests: ModelRequest[] = [];
  const server = createServer((request, response) => {
    readBody(request).then(
      (body) => reply(script, requests, request, body, response),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the model has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

// --- internal ---

/** Claude sends tool input in pieces; so do we. Unit: UTF-16 code units. */
const DELTA_LENGTH = 65_536;

const USAGE = {
  input_tokens: 10,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 5,
};

interface Answer {
  readonly speaker: string;
  readonly turn: ScriptedTurn;
}

async function readBody(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return isJsonObject(value) ? value : {};
  } catch {
    return {}; // a HEAD or GET
  }
}

function reply(
  script: Script,
  requests: ModelRequest[],
  request: IncomingMessage,
  body: JsonObject,
  response: ServerResponse,
): void {
  const path = (request.url ?? '/').split('?')[0];
  if (request.method === 'POST' && path === '/v1/messages') {
    const answer = answerTo(script, body);
    requests.push({ speaker: answer.speaker, atMs: performance.now(), body });
    setTimeout(() => send(answer.turn, body, response), answer.turn.delayMs ?? 0);
  } else if (path === '/v1/messages/count_tokens') {
    sendJson(response, 200, { input_tokens: 10 });
  } else if (path === '/v1/models') {
    sendJson(response, 200, { data: [], has_more: false, first_id: null, last_id: null });
  } else if (path === '/') {
    sendJson(response, 200, {});
  } else {
    sendError(response, { status: 404, type: 'not_found_error', message: `no ${path ?? ''} here` });
  }
}

function answerTo(script: Script, body: JsonObject): Answer {
  if (asArray(body['tools']).length === 0) return { speaker: 'aux', turn: { say: 'ok' } };
  const messages = asArray(body['messages']).filter(isJsonObject);
  const opening = textOf(messages.find((message) => message['role'] === 'user'));
  const subagent = script.subagents?.find(({ prompt }) => opening.includes(prompt));
  const due = messages.filter((message) => message['role'] === 'assistant').length;
  const turn = (subagent ?? script).turns[due] ?? { say: 'done' };
  return { speaker: subagent?.prompt ?? 'main', turn };
}

function textOf(message: JsonObject | undefined): string {
  const content = message?.['content'];
  if (typeof content === 'string') return content;
  return asArray(content)
    .map((block) => asString(asObject(block)?.['text']) ?? '')
    .join('\n');
}

function send(turn: ScriptedTurn, body: JsonObject, response: ServerResponse): void {
  if (turn.error) return sendError(response, turn.error);
  const calls = turn.calls ?? [];
  const blocks: JsonObject[] = [];
  if (turn.say !== undefined) blocks.push({ type: 'text', text: turn.say });
  for (const { tool, input } of calls) {
    blocks.push({ type: 'tool_use', id: newId('toolu_01'), name: tool, input });
  }
  const stop = calls.length > 0 ? 'tool_use' : 'end_turn';
  const message: JsonObject = {
    id: newId('msg_01'),
    type: 'message',
    role: 'assistant',
    model: body['model'] ?? 'scripted',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: USAGE,
  };
  if (body['stream'] !== true) {
    return sendJson(response, 200, { ...message, content: blocks, stop_reason: stop });
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_scripted' });
  for (const event of streamOf(message, blocks, stop)) {
    response.write(`event: ${asString(event['type']) ?? ''}\ndata: ${JSON.stringify(event)}\n\n`);
  }
  response.end();
}

function* streamOf(
  message: JsonObject,
  blocks: readonly JsonObject[],
  stop: string,
): Generator<JsonObject> {
  yield { type: 'message_start', message };
  for (const [index, block] of blocks.entries()) {
    if (block['type'] === 'text') {
      yield { type: 'content_block_start', index, content_block: { type: 'text', text: '' } };
      yield {
        type: 'content_block_delta',
        index,
        delta: { type: 'text_delta', text: block['text'] ?? '' },
      };
    } else {
      yield { type: 'content_block_start', index, content_block: { ...block, input: {} } };
      const json = JSON.stringify(block['input']);
      for (let at = 0; at < json.length; at += DELTA_LENGTH) {
        const delta = { type: 'input_json_delta', partial_json: json.slice(at, at + DELTA_LENGTH) };
        yield { type: 'content_block_delta', index, delta };
      }
    }
    yield { type: 'content_block_stop', index };
  }
  yield { type: 'message_delta', delta: { stop_reason: stop, stop_sequence: null }, usage: USAGE };
  yield { type: 'message_stop' };
}

function sendError(response: ServerResponse, error: NonNullable<ScriptedTurn['error']>): void {
  const { status, type, message } = error;
  response.setHeader('x-should-retry', 'false');
  sendJson(response, status, { type: 'error', error: { type, message } });
}

function sendJson(response: ServerResponse, status: number, value: Json): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_scripted' });
  response.end(JSON.stringify(value));
}

function newId(prefix: string): string {
  return prefix + randomUUID().replaceAll('-', '').slice(0, 22);
}
