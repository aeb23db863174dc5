import type { CheckFacts } from './check-facts.ts';
import { fail, INSTALL, ok } from './check.ts';
import type { CheckFinding } from './check.ts';

/** The registered hook ends with 0 and prints nothing, in the environment that Claude Code gives it. */
export async function hookRuns({ installation }: CheckFacts): Promise<CheckFinding> {
  const call = await installation.callHook?.();
  if (!call) return ok('not tried: none is registered in the settings');
  const { exitCode, printed, problem, variables } = call;
  const found = problem ?? faultOf(exitCode, printed);
  const env = variables.length === 0 ? '' : `, with ${variables.join(', ')} of your settings`;
  if (found === undefined) return ok(`exit code 0, nothing printed${env}`);
  return fail(`${found}${env}`, `Unset what breaks it, such as NODE_OPTIONS. ${INSTALL}`);
}

// --- internal ---

function faultOf(exitCode: number | null, printed: string): string | undefined {
  const text = printed.trim().split('\n')[0]?.slice(0, 200) ?? '';
  if (exitCode !== 0) return `it ended with ${exitCode ?? 'a signal'} ${text}`.trim();
  return printed === '' ? undefined : `it printed "${text}"`;
}
