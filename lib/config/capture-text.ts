import { counted } from '../base/amount-text.ts';
import type { Config } from './config.ts';

/** What the capture policy did so far, by the counters of tracker.db. */
type Counters = Readonly<Record<string, number>>;

/**
 * In one line, what the policy keeps of events and how many it has narrowed; null when it keeps everything
 * and has narrowed none. An undefined configuration is the default one.
 */
export function captureText(
  capture: Config['capture'] | undefined,
  counters: Counters,
): string | null {
  const { narrowed = 0, excluded = 0 } = counters;
  const rules = capture ? rulesOf(capture) : [];
  const counts = [
    ...(narrowed > 0 ? [`${counted(narrowed, 'event')} kept in part`] : []),
    ...(excluded > 0 ? [`${counted(excluded, 'event')} not kept`] : []),
  ];
  if (rules.length + counts.length === 0) return null;
  return [rules.join(', '), counts.join(', ')].filter(Boolean).join('; ');
}

/** The policy for `--json`, with the numbers of rules. An undefined configuration is the default one. */
export function captureSummary(capture: Config['capture'] | undefined) {
  return {
    content: capture?.content ?? 'full',
    prompts: capture?.prompts ?? true,
    projects: capture?.projects.length ?? 0,
    excludePaths: capture?.exclude_paths.length ?? 0,
    defaultExcludePaths: capture?.default_exclude_paths ?? true,
    excludeTools: capture?.exclude_tools.length ?? 0,
  };
}

// --- internal ---

const CONTENT = {
  full: [],
  code: ['of all texts only the code that Claude wrote'],
  metadata: ['no texts'],
} as const;

function rulesOf(capture: Config['capture']): string[] {
  const { projects, exclude_paths: paths, exclude_tools: tools } = capture;
  return [
    ...CONTENT[capture.content],
    ...(capture.prompts ? [] : ['no prompts']),
    ...(projects.length > 0 ? [`${counted(projects.length, 'rule')} for projects`] : []),
    ...(paths.length > 0 ? [`${counted(paths.length, 'rule')} for files`] : []),
    ...(tools.length > 0 ? [`${counted(tools.length, 'rule')} for tools`] : []),
  ];
}
