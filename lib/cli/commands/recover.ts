import { counted } from '../../base/amount-text.ts';
import { loadConfig } from '../../config/config-file.ts';
import { SINKS } from '../../delivery/sinks.ts';
import { actionArg, actionOf } from '../arguments/action.ts';
import { allowedRoute, allowEnvArg } from '../arguments/allow-env.ts';
import { checkAgreement, isAgreed } from '../arguments/agreement.ts';
import { parseCount } from '../arguments/list-arguments.ts';
import { namedFile } from '../arguments/named-file.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { painter } from '../listing/table.ts';
import { printJson } from '../output/json-output.ts';
import { plainLine } from '../output/plain-text.ts';
import { proveDelivery } from '../recovery/delivery-proof.ts';
import { diagnose, SCENARIOS } from '../recovery/diagnosis.ts';
import type { Problem, Scenario } from '../recovery/diagnosis.ts';
import { noteRecovery } from '../recovery/recovery-notice.ts';
import { applyRemedy, remedyText } from '../recovery/remedy.ts';
import type { Done } from '../recovery/remedy.ts';
import { newTestCall } from '../trial/test-events.ts';
import { runTrial } from '../trial/trial.ts';
import type { TrialStep } from '../trial/trial.ts';

/** `recover`: from what is left to an installation that records. */
export const recoverCommand = trackerCommand({
  name: 'recover',
  summary: 'Find out what is broken, mend it, and prove that it works.',
  examples: [
    'pattern-tracker recover --dry-run',
    'pattern-tracker recover corruption',
    'pattern-tracker recover partition --restart',
    'npx claude-pattern-tracker recover --backup /mnt/tracker.db --yes',
  ],
  actions: {
    failure: 'everything: program, configuration, database, courier and delivery',
    corruption: 'only the database and the courier',
    partition: 'only the way to the server',
  },
  details: `It looks, says what it would do, asks, and does it: each step is a command that you could type. A damaged database is
repaired, or, where that fails, replaced by the newest backup; what is replaced is kept. At last it sends an event through
the hook and follows it to the database and, if a server is configured, to the server's acknowledgement. That event writes
/test/recovery_test.py in a session that lists leave out.

A service on this machine is started as it was started before: by the \`supervise\` that keeps it running, by its systemd unit,
or as \`pattern-tracker serve\` with the same options. One that hangs, or is to --restart, is ended first. On a machine where only a backup is left, it installs the program and restores
the backup that --backup names. What it cannot do, such as starting a server elsewhere, it says. How it ended stands in
logs/tracker.log, and those who are told of alerts are told of it.`,
  json: `{ok, scenario, problems: [{id, found, remedy, hint}], done: [{id, command, ok, said}], proof: [{id, ok, found}]}; remedy
is a command line, or null for what only a person can do.`,
  exitCodes: '0 when the event arrived at the end of its way, else 1.',
  args: {
    ...actionArg(SCENARIOS),
    backup: {
      type: 'string',
      valueHint: 'file',
      description: 'The backup to restore, if one is needed',
    },
    yes: { type: 'boolean', description: 'Do not ask' },
    restart: {
      type: 'boolean',
      description: 'Start the service on this machine again, even if it is well',
    },
    'dry-run': { type: 'boolean', description: 'Only say what is broken, and what would be done' },
    timeout: {
      type: 'string',
      valueHint: 'seconds',
      default: '30',
      description: 'How long to wait for the event at each place',
    },
    ...allowEnvArg,
    ...common.jsonArg,
  },
  async run(args, cli, commands) {
    const scenario = actionOf(args.action, SCENARIOS, 'recover');
    const timeoutMs = parseCount('--timeout', args.timeout) * 1000;
    const isDry = args['dry-run'] === true;
    if (!isDry) checkAgreement(cli, args);
    const backup = args.backup === undefined ? undefined : namedFile(args.backup, cli);
    const look = async (restarts = false): Promise<Problem[]> => {
      const config = loadConfig(cli.paths, { env: cli.env, allowsEnv: args['allow-env'] });
      const probed = SINKS.filter((sink) => sink.probe !== undefined);
      const proxy = allowedRoute(config, probed, args, cli);
      return await diagnose(cli, { scenario, backup, config, proxy, restarts });
    };
    const print = args.json ? () => {} : cli.out;
    const startedAt = cli.now();
    const problems = await look(args.restart);
    print(planText(problems, cli));
    if (isDry) {
      if (args.json) printJson(cli, report(scenario, { problems, isOk: problems.length === 0 }));
      return problems.length === 0 ? 0 : 1;
    }
    const isMended = problems.some(({ remedy }) => remedy !== undefined);
    if (isMended && !args.yes && !(await isAgreed('Do this?'))) {
      cli.out('Nothing was changed.\n');
      return 1;
    }
    const done: DoneStep[] = [];
    const tried = new Set<string>();
    // What was hidden shows when something else is mended: what waits, once there is a database again.
    let rest: readonly Problem[] = problems;
    for (; ; rest = await look()) {
      const next = rest.find(({ id, remedy }) => remedy !== undefined && !tried.has(id));
      if (!next?.remedy) break;
      tried.add(next.id);
      const step = { id: next.id, ...(await applyRemedy(next.remedy, cli, commands)) };
      done.push(step);
      print(doneText(step, cli));
    }
    const hidden = rest.filter(({ id }) => !problems.some((problem) => problem.id === id));
    const left = hidden.filter(({ id }) => !tried.has(id));
    if (left.length > 0) print(`\n${planText(left, cli)}`);
    const proof: TrialStep[] = [];
    const prove = (step: TrialStep) => {
      proof.push(step);
      print(proofText(step, cli));
    };
    for await (const step of runTrial(cli, { ...newTestCall(), timeoutMs })) prove(step);
    const { courier } = loadConfig(cli.paths);
    if (proof.every(({ ok }) => ok)) {
      const step = await proveDelivery(cli, courier.config, timeoutMs);
      if (step) prove(step);
    }
    const isOk = [...done, ...proof].every(({ ok }) => ok);
    if (problems.length > 0) {
      await noteRecovery(cli, courier.config, { scenario, problems, startedAt, isOk });
    }
    if (args.json) printJson(cli, report(scenario, { problems, done, proof, isOk }));
    else print(isOk ? '\nIt works: the event arrived.\n' : '\nIt does not work yet.\n');
    return isOk ? 0 : 1;
  },
});

// --- internal ---

interface DoneStep extends Done {
  readonly id: string;
}

function planText(problems: readonly Problem[], cli: CliEnvironment): string {
  if (problems.length === 0) return 'Nothing is broken, as far as can be seen.\n';
  const paint = painter(cli.color);
  const lines = problems.map(({ found, remedy, hint }) => {
    const what = remedy ? remedyText(remedy) : hint;
    const mark = remedy ? paint('cyan', '→') : paint('yellow', '! for you:');
    return `${paint('red', '✗')} ${plainLine(found)}\n  ${mark} ${plainLine(what)}\n`;
  });
  return `${counted(problems.length, 'problem')}:\n${lines.join('')}\n`;
}

function doneText({ command, ok, said }: Done, cli: CliEnvironment): string {
  const paint = painter(cli.color);
  const mark = ok ? paint('green', '✓') : paint('red', '✗');
  return `${mark} ${plainLine(command)}\n${said ? `    ${plainLine(said)}\n` : ''}`;
}

function proofText(step: TrialStep, cli: CliEnvironment): string {
  const paint = painter(cli.color);
  const mark = step.ok ? paint('green', '✓') : paint('red', '✗');
  const line = `${mark} ${step.title.padEnd('Hook runs'.length)}  ${plainLine(step.found)}\n`;
  return step.ok ? line : `${line}  ${paint('cyan', '→')} ${plainLine(step.mend)}\n`;
}

function report(
  scenario: Scenario,
  of: {
    readonly problems: readonly Problem[];
    readonly done?: readonly DoneStep[];
    readonly proof?: readonly TrialStep[];
    readonly isOk: boolean;
  },
) {
  return {
    ok: of.isOk,
    scenario,
    problems: of.problems.map(({ remedy, ...problem }) => ({
      ...problem,
      remedy: remedy ? remedyText(remedy) : null,
    })),
    done: of.done ?? [],
    proof: (of.proof ?? []).map(({ id, ok, found }) => ({ id, ok, found })),
  };
}
