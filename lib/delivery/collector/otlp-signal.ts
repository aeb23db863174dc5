import {
  JsonLogsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import type { Resource } from '@opentelemetry/resources';
import { InvariantError } from '../../base/errors.ts';
import type { EndedToolCall } from '../ended-tool-call.ts';
import { logRecordOf } from './otlp-log-record.ts';
import { spanOf } from './otlp-span.ts';

/** How requests are encoded; the values are those of `OTEL_EXPORTER_OTLP_PROTOCOL`. */
export type OtlpProtocol = 'http/protobuf' | 'http/json';

/** What a collector says about a request that it accepted. */
export interface PartialSuccess {
  /** How many items of the request it refused. */
  readonly rejected: number;
  /** Why; empty if it gave no reason. */
  readonly message: string;
}

/** One kind of record that a collector accepts, and how it is encoded. */
export interface OtlpSignal {
  readonly name: 'traces' | 'logs';
  /** The path that is appended to the collector's address. */
  readonly path: string;
  /** What messages to people call its records, in the plural. */
  readonly noun: string;
  /** Encodes a request with all `calls`; with `details`, also what they were about and their errors. */
  write(calls: readonly EndedToolCall[], resource: Resource, details: boolean): Uint8Array;
  /** Decodes a reply by its own content type. @throws Error when the reply cannot be decoded */
  read(reply: Uint8Array, contentType: string | undefined): PartialSuccess;
}

/** The content type of requests; a reply should have the same. */
export const CONTENT_TYPES: Readonly<Record<OtlpProtocol, string>> = {
  'http/protobuf': 'application/x-protobuf',
  'http/json': 'application/json',
};

/** The signal that sends each tool call as a span. */
export function tracesSignal(protocol: OtlpProtocol): OtlpSignal {
  const serializerOf = (isJson: boolean) =>
    isJson ? JsonTraceSerializer : ProtobufTraceSerializer;
  const serializer = serializerOf(protocol === 'http/json');
  return {
    name: 'traces',
    path: '/v1/traces',
    noun: 'spans',
    write: (calls, resource, details) =>
      written(serializer.serializeRequest(calls.map((call) => spanOf(call, resource, details)))),
    read: (reply, contentType) => {
      const { partialSuccess } = serializerOf(isJson(contentType)).deserializeResponse(reply);
      return partial(partialSuccess?.rejectedSpans, partialSuccess?.errorMessage);
    },
  };
}

/** The signal that sends each tool call as a log record. */
export function logsSignal(protocol: OtlpProtocol): OtlpSignal {
  const serializerOf = (isJson: boolean) => (isJson ? JsonLogsSerializer : ProtobufLogsSerializer);
  const serializer = serializerOf(protocol === 'http/json');
  return {
    name: 'logs',
    path: '/v1/logs',
    noun: 'log records',
    write: (calls, resource, details) =>
      written(
        serializer.serializeRequest(calls.map((call) => logRecordOf(call, resource, details))),
      ),
    read: (reply, contentType) => {
      const { partialSuccess } = serializerOf(isJson(contentType)).deserializeResponse(reply);
      return partial(partialSuccess?.rejectedLogRecords, partialSuccess?.errorMessage);
    },
  };
}

/** True when a reply is in JSON, not in protobuf. */
export function isJson(contentType: string | undefined): boolean {
  return /^application\/json\b/i.test(contentType ?? '');
}

// --- internal ---

function written(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined) throw new InvariantError('the calls cannot be written as OTLP');
  return bytes;
}

/** In JSON, a 64-bit count is a string. */
function partial(rejected: unknown, message: unknown): PartialSuccess {
  const count = Number(rejected ?? 0);
  return {
    rejected: Number.isFinite(count) ? Math.max(0, count) : 0,
    message: typeof message === 'string' ? message.trim() : '',
  };
}
