import type { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import type { Resource } from '@opentelemetry/resources';
import type { EndedToolCall } from '../ended-tool-call.ts';
import { commonAttributes, hrTime, SCOPE, spanContextOf } from './otlp-scope.ts';

/** A log record in the form that OpenTelemetry's serialisers take. */
export type LogRecord = Parameters<typeof ProtobufLogsSerializer.serializeRequest>[0][number];

/**
 * The log record of a call. Attributes that Claude Code's `claude_code.tool_result` also has keep the names
 * they have there. With `details`, what the call was about and its error are included.
 */
export function logRecordOf(call: EndedToolCall, resource: Resource, details: boolean): LogRecord {
  const { outcome, duration_ms, error, summary } = call;
  return {
    eventName: EVENT_NAME,
    body: EVENT_NAME,
    hrTime: hrTime(call.ended_at),
    hrTimeObserved: hrTime(call.ended_at),
    spanContext: spanContextOf(call),
    ...(outcome === 'ok' ? INFO : WARN),
    attributes: {
      ...commonAttributes(call),
      'event.name': 'tool_call',
      tool_name: call.tool_name,
      success: String(outcome === 'ok'),
      // Always a whole number, because some backends fix a column's type by its first value.
      ...(duration_ms === null ? {} : { duration_ms: Math.round(duration_ms) }),
      ...(details && summary !== '' ? { tool_summary: summary } : {}),
      ...(details && error !== null ? { error } : {}),
    },
    resource,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
  };
}

// --- internal ---

const EVENT_NAME = 'pattern_tracker.tool_call';

/** Severities with their numbers in OpenTelemetry's log data model. */
const INFO = { severityNumber: 9, severityText: 'INFO' };
const WARN = { severityNumber: 13, severityText: 'WARN' };
