import { createHash } from 'node:crypto';
import { isoTime } from '../../base/clock.ts';
import { VERSION } from '../../base/version.ts';
import type { ExportedCode } from '../../store/queries/export/exported-rows.ts';
import { EVENT_TYPES } from '../output/cloud-event.ts';
import { withinProject } from '../listing/row-text.ts';

/** A record of agent-trace 0.1: what one event wrote, file by file. `code` are the places of that event, at least one. */
export function agentTrace(code: readonly [ExportedCode, ...ExportedCode[]]) {
  const [{ at, eventId, sessionId, toolUseId, toolName, model, projectRoot }] = code;
  const files = new Map<string, ExportedCode[]>();
  for (const place of code) {
    const known = files.get(place.filePath);
    if (known) known.push(place);
    else files.set(place.filePath, [place]);
  }
  return {
    version: '0.1',
    id: uuidOf(eventId),
    timestamp: isoTime(at),
    tool: { name: 'claude-pattern-tracker', version: VERSION },
    files: [...files].map(([path, places]) => ({
      path: withinProject(path, projectRoot),
      conversations: [
        {
          url: `urn:claude-code:session:${encodeURIComponent(sessionId)}`,
          contributor: {
            type: 'ai',
            ...(model === null ? {} : { model_id: modelId(model) }),
          },
          ranges: joined(places.flatMap(rangesOf)),
        },
      ],
    })),
    metadata: {
      [EVENT_TYPES]: {
        session_id: sessionId,
        tool_use_id: toolUseId,
        tool_name: toolName,
        pattern_ids: [...new Set(code.map(({ patternId }) => patternId))],
      },
    },
  };
}

// --- internal ---

/** The longest that the format allows. */
const MAX_MODEL = 250;

/** As models.dev names it. Hooks may name a model with what it is used with: claude-x[1m]. */
function modelId(model: string): string {
  return `anthropic/${model.replace(/\[.*$/s, '')}`.slice(0, MAX_MODEL);
}

interface LineRange {
  readonly start_line: number;
  readonly end_line: number;
}

/** Each line once: ranges that meet are one. */
function joined(ranges: readonly LineRange[]): LineRange[] {
  const all: LineRange[] = [];
  for (const range of ranges.toSorted((one, other) => one.start_line - other.start_line)) {
    const last = all.at(-1);
    if (last === undefined || range.start_line > last.end_line + 1) all.push(range);
    else all.splice(-1, 1, { ...last, end_line: Math.max(last.end_line, range.end_line) });
  }
  return all;
}

/** The lines that were changed; all of the place where that is not known, and none where no lines are. */
function rangesOf({ startLine, endLine, changedLines }: ExportedCode): LineRange[] {
  if (changedLines === null) {
    if (startLine === null || startLine < 1) return [];
    return [{ start_line: startLine, end_line: Math.max(startLine, endLine ?? startLine) }];
  }
  return changedLines.split(',').flatMap((range) => {
    const [start = Number.NaN, end = start] = range.split('-').map(Number);
    return range !== '' && start >= 1 ? [{ start_line: start, end_line: end }] : [];
  });
}

/** The same id for the same event, as a UUID of version 8. */
function uuidOf(eventId: string): string {
  const hex = createHash('sha256').update(eventId).digest('hex');
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 3) | 8).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`];
  return [...parts, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
