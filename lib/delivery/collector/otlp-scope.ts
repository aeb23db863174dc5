import type { HrTime, SpanContext } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { Resource } from '@opentelemetry/resources';
import { hexDigest } from '../../base/digest.ts';
import { VERSION } from '../../base/version.ts';
import type { EndedToolCall } from '../ended-tool-call.ts';

/**
 * The semantic conventions that the names follow: v1.41.0, docs/gen-ai/gen-ai-agent-spans.md, "Execute
 * tool span". They are in development: a later version may name things otherwise, so this is pinned.
 */
const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.41.0';

/** Who says it. One object, for the serialisers group by identity. */
export const SCOPE = {
  name: 'claude-pattern-tracker',
  version: VERSION,
  schemaUrl: SCHEMA_URL,
} as const;

/** Where it comes from. `machine`: the name of this machine. */
export function resourceOf(machine: string): Resource {
  return resourceFromAttributes({
    'service.name': 'claude-pattern-tracker',
    'service.version': VERSION,
    'host.name': machine,
  });
}

/**
 * The ids of a call: a trace a session, a span a call. From what Claude Code gives, so that what is sent
 * twice has the same ids.
 */
export function spanContextOf({ session_id, tool_use_id }: EndedToolCall): SpanContext {
  return {
    traceId: hexDigest(session_id, 32),
    spanId: hexDigest(`${session_id}\n${tool_use_id}`, 16),
    traceFlags: SAMPLED,
  };
}

/** Attributes that a span and a log record of a call have alike. */
export function commonAttributes(call: EndedToolCall): Record<string, string> {
  const { tool_name, agent_id, agent_type } = call;
  return {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': tool_name,
    // MCP servers are what the conventions call an extension.
    'gen_ai.tool.type': tool_name.startsWith('mcp__') ? 'extension' : 'function',
    'gen_ai.tool.call.id': call.tool_use_id,
    'gen_ai.conversation.id': call.session_id,
    ...(agent_id === null ? {} : { 'gen_ai.agent.id': agent_id }),
    ...(agent_type === null ? {} : { 'gen_ai.agent.name': agent_type }),
    ...(call.outcome === 'ok' ? {} : { 'error.type': call.outcome }),
    // As Claude Code's own telemetry has it, to join with.
    'session.id': call.session_id,
    tool_use_id: call.tool_use_id,
    outcome: call.outcome,
  };
}

/** Milliseconds since 1970 as OpenTelemetry has times: seconds and nanoseconds. */
export function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}

// --- internal ---

const SAMPLED = 1;
