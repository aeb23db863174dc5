import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { printJson } from '../output/json-output.ts';
import { parseCount } from '../arguments/list-arguments.ts';
import { plainLine } from '../output/plain-text.ts';
import { readRegistration } from '../../install/settings/registration.ts';
import { painter } from '../listing/table.ts';
import { newTestCall } from '../trial/test-events.ts';
import { runTrial } from '../trial/trial.ts';
import type { TrialStep } from '../trial/trial.ts';

/** `capture-test`: sends one event through the installed hook and follows it. */
export const captureTestCommand = trackerCommand({
  name: 'capture-test',
  summary: 'Send one event through the hook and follow it to the database.',
  examples: ['pattern-tracker capture-test', 'pattern-tracker capture-test --timeout 60'],
  details: `It calls the hook as Claude Code does, for a Read in a session of its own. Lists leave that session out
unless --all is given.`,
  json: '{ok, session_id, steps: [{id, title, ok, found, mend}]}; mend is null when ok is true.',
  exitCodes: '0 when the event arrived, else 1.',
  args: {
    timeout: {
      type: 'string',
      valueHint: 'seconds',
      default: '15',
      description: 'How long to wait for the courier, and then for the database',
    },
    ...common.jsonArg,
  },
  async run({ timeout, json }, cli) {
    const timeoutMs = parseCount('--timeout', timeout) * 1000;
    const call = newTestCall();
    const steps: TrialStep[] = [];
    for await (const step of runTrial(cli, { ...call, timeoutMs })) {
      steps.push(step);
      if (!json) cli.out(render(cli, step));
    }
    const isOk = steps.every(({ ok }) => ok);
    if (json) printJson(cli, { ok: isOk, sessionId: call.sessionId, steps: steps.map(forJson) });
    else if (isOk) cli.out(`\n${closing(cli)}\n`);
    return isOk ? 0 : 1;
  },
});

// --- internal ---

const TITLE_WIDTH = 'Hook runs'.length;

function render(cli: CliEnvironment, step: TrialStep): string {
  const paint = painter(cli.color);
  const mark = step.ok ? paint('green', '✓') : paint('red', '✗');
  const line = `${mark} ${step.title.padEnd(TITLE_WIDTH)}  ${plainLine(step.found)}\n`;
  if (step.ok) return line;
  return `${line}${' '.repeat(TITLE_WIDTH + 4)}${paint('cyan', '→')} ${plainLine(step.mend)}\n`;
}

function closing(cli: CliEnvironment): string {
  const { hooks, plugin } = readRegistration(cli);
  return hooks.length > 0 || plugin !== undefined
    ? 'What Claude Code does is recorded.'
    : 'It works, but Claude Code does not call it yet: run `pattern-tracker install`.';
}

function forJson(step: TrialStep) {
  return { ...step, mend: step.ok ? null : step.mend };
}
