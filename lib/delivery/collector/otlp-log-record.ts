import type { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import type { Resource } from '@opentelemetry/resources';
import type { EndedToolCall } from '../ended-tool-call.ts';
import { commonAttributes, hrTime, SCOPE, spanContextOf } from './otlp-scope.ts';

/** A log record as the official serialisers take it. */
export type LogRecord = Parameters<typeof ProtobufLogsSerializer.serializeRequest>[0][number];

/**
 * The log record of a call. What it has of Claude Code's `claude_code.tool_result` has the same names.
 * `details`: what the call was about, and its error, are told too.
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
      // Always a whole number: a backend may take the type of the first one for that of all.
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

/** Severity numbers of OpenTelemetry's log data model. */
const INFO = { severityNumber: 9, severityText: 'INFO' };
const WARN = { severityNumber: 13, severityText: 'WARN' };
