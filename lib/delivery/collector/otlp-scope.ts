import type { HrTime, SpanContext } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { Resource } from '@opentelemetry/resources';
import { hexDigest } from '../../base/digest.ts';
import { VERSION } from '../../base/version.ts';
import type { EndedToolCall } from '../ended-tool-call.ts';

/**
 * The names follow OpenTelemetry's semantic conventions for generative AI v0.1.0, docs/gen-ai/execute-tool.md, in
 * their own repository (open-telemetry/semantic-conventions-genai). These are still in development, so the version
 * is pinned: a later one may rename things.
 */
const SCHEMA_URL = 'https://opentelemetry.io/schemas/gen-ai/0.1.0';

/** The instrumentation scope. Share this one object, because the serialisers group by identity. */
export const SCOPE = {
  name: 'claude-pattern-tracker',
  version: VERSION,
  schemaUrl: SCHEMA_URL,
} as const;

/** The resource that spans and log records come from. `machine` is the name of this machine. */
export function resourceOf(machine: string): Resource {
  return resourceFromAttributes({
    'service.name': 'claude-pattern-tracker',
    'service.version': VERSION,
    'host.name': machine,
  });
}

/**
 * The ids of a call: each prompt is a trace, each call a span. A session may last for days, which is no trace that
 * anybody can look at; it is one only where Claude Code's version sends no ids of prompts. They are digests of
 * Claude Code's ids, so that a call that is sent twice has the same ids.
 */
export function spanContextOf({ session_id, tool_use_id, prompt_id }: EndedToolCall): SpanContext {
  return {
    traceId: hexDigest(prompt_id === null ? session_id : `${session_id}\n${prompt_id}`, 32),
    spanId: hexDigest(`${session_id}\n${tool_use_id}`, 16),
    traceFlags: SAMPLED,
  };
}

/** The attributes that the span and the log record of a call share. */
export function commonAttributes(call: EndedToolCall): Record<string, string> {
  const { tool_name, agent_id, agent_type, prompt_id } = call;
  return {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': tool_name,
    // The conventions call the tool of an MCP server an extension.
    'gen_ai.tool.type': tool_name.startsWith('mcp__') ? 'extension' : 'function',
    'gen_ai.tool.call.id': call.tool_use_id,
    'gen_ai.conversation.id': call.session_id,
    // The id of a subagent is that of one run of it, which is not what gen_ai.agent.id is for.
    ...(agent_id === null ? {} : { agent_id }),
    ...(agent_type === null ? {} : { 'gen_ai.agent.name': agent_type }),
    ...(call.outcome === 'ok' ? {} : { 'error.type': call.outcome }),
    // The names that Claude Code's own telemetry uses, so that both can be joined.
    'session.id': call.session_id,
    ...(prompt_id === null ? {} : { 'prompt.id': prompt_id }),
    tool_use_id: call.tool_use_id,
    outcome: call.outcome,
  };
}

/** Converts milliseconds (since 1970 UTC, or a duration) to OpenTelemetry's seconds and nanoseconds. */
export function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}

// --- internal ---

const SAMPLED = 1;
