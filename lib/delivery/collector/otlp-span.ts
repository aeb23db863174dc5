import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { Resource } from '@opentelemetry/resources';
import type { EndedToolCall } from '../ended-tool-call.ts';
import { commonAttributes, hrTime, SCOPE, spanContextOf } from './otlp-scope.ts';

/** A span in the form that OpenTelemetry's serialisers take. */
export type Span = Parameters<typeof ProtobufTraceSerializer.serializeRequest>[0][number];

/**
 * The span `execute_tool` of a call. It has no parent, because no event says when a span of the session
 * would end. With `details`, what the call was about and its error are included.
 */
export function spanOf(call: EndedToolCall, resource: Resource, details: boolean): Span {
  const context = spanContextOf(call);
  const { error, summary, outcome } = call;
  const startMs = startOf(call);
  return {
    name: `execute_tool ${call.tool_name}`.trimEnd(),
    kind: SpanKind.INTERNAL,
    spanContext: () => context,
    startTime: hrTime(startMs),
    endTime: hrTime(call.ended_at),
    duration: hrTime(call.ended_at - startMs),
    ended: true,
    status:
      outcome === 'ok'
        ? { code: SpanStatusCode.UNSET }
        : {
            code: SpanStatusCode.ERROR,
            ...(details && error !== null ? { message: error } : {}),
          },
    attributes: {
      ...commonAttributes(call),
      ...(details && summary !== '' ? { tool_summary: summary } : {}),
    },
    resource,
    instrumentationScope: SCOPE,
    events: [],
    links: [],
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

// --- internal ---

/** When the tool began to run. If its duration is known, the wait for a permission is left out. */
function startOf({ started_at, ended_at, duration_ms }: EndedToolCall): number {
  const earliest = started_at ?? ended_at - (duration_ms ?? 0);
  const start = duration_ms === null ? earliest : Math.max(earliest, ended_at - duration_ms);
  return Math.min(start, ended_at);
}
