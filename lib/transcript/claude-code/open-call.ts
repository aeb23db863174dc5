import { asString } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { callEnd } from './call-end.ts';
import { recordEvent, recordPlace, timeOf } from './record-event.ts';
import type { ToldCall, ToldEvent } from '../told.ts';

/** A call of which no result was told yet. */
export interface OpenCall {
  readonly id: string;
  /** Who was told of it; its result may be told to another. */
  readonly teller: object;
  readonly name: string;
  readonly input: Json;
  readonly sessionId: string;
  readonly agentId: string | undefined;
  readonly record: JsonObject;
  readonly common: JsonObject;
}

/** The calls of a session that have no result yet, by id, in their order. */
export type OpenCalls = Map<string, OpenCall>;

/** What is told of a call that has no result, so far. */
export function begunCall(call: OpenCall): ToldCall {
  const begin = beginning(call);
  return {
    ...callOf(call),
    at: begin.at,
    outcome: 'running',
    begin,
    end: undefined,
    permission: undefined,
  };
}

/** What is told of a call by its result, a block of type `tool_result`, and the record around it. */
export function endedCall(call: OpenCall, result: JsonObject, record: JsonObject): ToldCall {
  const at = timeOf(record) ?? 0;
  const { outcome, hasBegun, end, permission } = callEnd(result, record, call);
  const common = { ...call.common, ...recordPlace(record) };
  const told = { tool_name: call.name, tool_input: call.input, tool_use_id: call.id };
  const { name = '', ...payload } = end ?? {};
  const told_ = name === 'PostToolBatch' ? batchOf(told, payload) : { ...told, ...payload };
  return {
    ...callOf(call),
    at,
    outcome,
    begin: hasBegun ? beginning(call) : undefined,
    end:
      end &&
      recordEvent(record, `${call.id}.${name}`, at, { ...common, hook_event_name: name, ...told_ }),
    permission,
  };
}

// --- internal ---

function beginning(call: OpenCall): ToldEvent {
  const payload = {
    ...call.common,
    hook_event_name: 'PreToolUse',
    tool_name: call.name,
    tool_input: call.input,
    tool_use_id: call.id,
  };
  return recordEvent(call.record, `${call.id}.PreToolUse`, timeOf(call.record) ?? 0, payload);
}

function callOf({ id, name, sessionId, agentId, record }: OpenCall) {
  return {
    kind: 'call' as const,
    sessionId,
    toolUseId: id,
    toolName: name,
    agentId,
    askedAt: timeOf(record) ?? 0,
    version: asString(record['version']),
  };
}

function batchOf(told: JsonObject, { tool_response: response = '' }: JsonObject): JsonObject {
  return { tool_calls: [{ ...told, tool_response: response }] };
}
