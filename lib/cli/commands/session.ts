import { readDatabase } from '../../store/database/read-database.ts';
import { sessionTimeline } from '../../store/queries/session/session-timeline.ts';
import type { SessionTimeline } from '../../store/queries/session/session-timeline.ts';
import { parseLimit } from '../arguments/list-arguments.ts';
import { chooseProjects } from '../arguments/project-choice.ts';
import { namedSession, noSession } from '../arguments/session-choice.ts';
import { UsageError } from '../arguments/usage-error.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { printPaged } from '../listing/pager.ts';
import { printJson } from '../output/json-output.ts';
import { plainLines } from '../output/plain-text.ts';
import { pageText } from '../session/page-text.ts';
import { timelineForJson } from '../session/timeline-json.ts';
import { cleanPage, timelinePage } from '../session/timeline-page.ts';

const EXPORTS = ['markdown', 'html'] as const;

/** `session`: what happened in one session. */
export const sessionCommand = trackerCommand({
  name: 'session',
  summary: 'Tell what happened in a session: prompts, calls, files, tokens.',
  examples: [
    'pattern-tracker session',
    'pattern-tracker session 3f2a9c10 --diff',
    'pattern-tracker session last --project . --export html > session.html',
  ],
  details: `Prompts are headings; below each stand the calls that it led to, those of subagents within the call that started
them. NOTES say why a call failed, that it was made again after it had not ended well, and how long it waited for leave.
Waiting is for leave to run a call, for answers to questions, and, between the end of a turn and the next prompt, for you.
Models and tokens are told by transcripts, and so is the proof: \`pattern-tracker reconcile\` and \`import\` read them.

--export prints a page to share: all secrets that the present rules find are taken out of it, it runs nothing and loads
nothing. It holds what was asked and which commands ran, so read it before you share it. Numbers count the whole session,
also when --limit shows a part of its calls.`,
  json: `{session: {session_id, project_root, project_name, cwd, git_branch, source, started_at, ended_at, end_reason, last_event_at,
model, waiting_since, prompts, failed_turns}, totals: {calls, outcomes: {ok, failed, rejected, denied, interrupted, running},
retries, recovered, duration_ms, lines_added, lines_removed}, waiting: {permission_ms, question_ms, idle_ms}, tokens:
{answers, input_tokens, cache_creation_tokens, cache_read_tokens, output_tokens}, models: [{model, agent_id, answers, …_tokens}],
files: [{file_path, calls, lines_added, lines_removed, change: written|deleted|changed}], turns: [{at, prompt, is_typed,
idle_ms, ended_at, end: stopped|failed|null, entries}], proof: {at, is_whole, transcript, tracked, missing, extra, recovered,
disagreeing, rewritten, reasons} or null, next}. An entry is {kind: call, tool_use_id, tool_name, agent_id, summary, asked,
outcome, error, at, started_at, ended_at, duration_ms, lines_added, lines_removed, retry_of, permission_ms, permission,
permission_source, permission_reason, is_recovered, file_changes, patterns, started_agent, agent, entries}, with --diff also
diffs: [{file_path, change, hunks, lines_added, lines_removed, is_exact}]; or {kind: agent, agent: {agent_id, agent_type,
parent_agent_id, tool_use_id, model, started_at, ended_at, is_background}, at, entries}. next is for --after.`,
  args: {
    session: {
      type: 'positional',
      required: false,
      description: 'The first characters of its id, or "last", which is the default',
    },
    diff: { type: 'boolean', description: 'Show what each call did to files' },
    export: {
      type: 'enum',
      options: [...EXPORTS],
      description: 'Print a page to share, without secrets',
    },
    ...common.projectArg,
    limit: {
      type: 'string',
      valueHint: 'n',
      default: '500',
      description: 'Show at most n calls; 0 shows all',
    },
    after: {
      type: 'string',
      valueHint: 'call',
      description: 'Go on after this call, as "next" names it',
    },
    ...common.pagerArg,
    ...common.jsonArg,
  },
  async run({ session, diff, project, after, pager, json, ...args }, cli) {
    const limit = parseLimit(args.limit);
    if (json && args.export) {
      throw new UsageError('--export prints no JSON', 'Leave out --json or --export.');
    }
    const found = readDatabase(cli.paths.database, (database) => {
      const id = namedSession(database, session, cli, chooseProjects(database, project, cli));
      return sessionTimeline(database, id, { limit, after, withDiffs: diff === true });
    });
    if (found === undefined) throw noSession();
    if (found === 'no-such-call') {
      throw new UsageError(`the session has no call ${after ?? ''}`, 'Give a "next" of --json.');
    }
    if (json) return printJson(cli, timelineForJson(found));
    if (args.export) return cli.out(await exported(args.export, found, cli));
    const blocks = timelinePage(found, cli);
    return printPaged(cli, pageText(cli, blocks), pager);
  },
});

// --- internal ---

/** A page, checked by the present rules of redaction: what is stored was checked by those of its time. */
async function exported(
  form: string,
  timeline: SessionTimeline,
  cli: CliEnvironment,
): Promise<string> {
  const { loadRedactor } = await import('../../blame/load-redactor.ts');
  const redactor = await loadRedactor(cli);
  // Plain first: signs that no page shows may stand within a secret, and keep it from being found.
  const clean = (text: string): string => redactor.redactText(plainLines(text).join('\n')).text;
  const blocks = cleanPage(timelinePage(timeline, cli), clean);
  if (form === 'html') return (await import('../session/page-html.ts')).pageHtml(blocks);
  return (await import('../session/page-markdown.ts')).pageMarkdown(blocks);
}
